//! What this process has used so far.

use std::{fs, time::Duration};

use rustix::time::{ClockId, clock_gettime};

use crate::Anything;

/// Processor time of all threads, in user and in kernel mode.
///
/// <https://man7.org/linux/man-pages/man2/clock_gettime.2.html>; the ticks of `/proc/self/stat` are 10 ms, too coarse
/// for a few tasks.
pub(crate) fn processor_time() -> Anything<Duration> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Ok(Duration::new(u64::try_from(time.tv_sec)?, u32::try_from(time.tv_nsec)?))
}

/// The most memory that was resident at one time, in KiB (`VmHWM`,
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>).
pub(crate) fn peak_memory_kib() -> Anything<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|text| text.trim().strip_suffix(" kB"));
    Ok(kib.ok_or("/proc/self/status has no VmHWM")?.parse()?)
}
