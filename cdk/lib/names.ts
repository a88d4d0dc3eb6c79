/** The service `falconer gateway`. */
export const GATEWAY = "gateway";

/** The function behind the members' Config rules, in every region. */
export const RULE_FUNCTION = "falconer-sensor";

/** The event bus of the members, in the hub and in every further region. */
export const BUS = "falconer";
