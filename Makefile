# Two commands do everything on a machine with cargo, node and python3: `make demo` and `make test`.

CARGO_DENY_VERSION := 0.20.2
TOOLS := target/tools
DENY := $(TOOLS)/bin/cargo-deny
VENV := tests/boto3/.venv
CDK_VENV := cdk/.venv
FALCONER := target/debug/falconer
AWS_NETWORKS := workers/domain/data/aws-networks
# What the workers of all Rust tests have called: one line for each kind of call.
CALLS := $(CURDIR)/target/witnessed-calls
RELEASED := tests/fixtures/released

.DEFAULT_GOAL := help
.PHONY: help demo test check rust-tests permissions definitions contracts boto3 cdk deployed dependencies advisories aws-networks released bench cost clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(FALCONER) ## Show a detection become an enforced block, and a missing sensor an installed one, in the sandbox
	$(FALCONER) demo

test: check rust-tests permissions definitions contracts boto3 cdk deployed dependencies ## Run everything that must hold before a change lands

check: ## Formatting, lints and documentation
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

rust-tests: ## Unit tests, properties, stories
	rm -f $(CALLS)
	WITNESSED_CALLS=$(CALLS) cargo test --workspace --locked --quiet

permissions: rust-tests ## The actions that the contracts name are those that the tests' workers have called for
	WITNESSED_CALLS=$(CALLS) cargo test --workspace --locked --quiet --test permissions -- --ignored

definitions: tests/node_modules/.package-lock.json ## Every state machine against npm's asl-validator
	cd tests && npx --no-install asl-validator $(foreach file,$(wildcard statemachines/*.asl.json),--json-path ../$(file))

contracts: $(FALCONER) ## The committed contracts are those of the Rust types
	$(FALCONER) contracts --check

boto3: $(VENV)/installed $(FALCONER) ## boto3 drives every operation of the sandbox
	$(VENV)/bin/python -m pytest -q tests/boto3

cdk: $(FALCONER) cdk/node_modules/.package-lock.json $(CDK_VENV)/installed ## The deployment: types, lints, tests, templates of two partitions, the image
	rm -rf cdk/build cdk/cdk.out
	cd cdk && npm run --silent build && npm run --silent lint && npm test --silent
	cd cdk && npx --no-install cdk synth --quiet
	cd cdk && npx --no-install cdk synth --quiet -c configuration=test/fixtures/govcloud.json --output cdk.out/govcloud
	cd cdk && .venv/bin/cfn-lint --regions eu-central-1 us-east-1 --template cdk.out/*.template.json
	cd cdk && .venv/bin/cfn-lint --regions us-gov-west-1 us-gov-east-1 --template cdk.out/govcloud/*.template.json
	$(CDK_VENV)/bin/hadolint --failure-threshold style cdk/image/Dockerfile

deployed: cdk ## What is synthesized is what is tested: the sandbox loads it, and runs stories on it
	cargo test --workspace --locked --quiet --test deployed -- --ignored

dependencies: $(DENY) ## Licences, sources and bans of every dependency
	$(DENY) --locked check bans licenses sources

advisories: $(DENY) ## Known vulnerabilities (needs the RustSec database, so it is not part of `make test`)
	$(DENY) --locked check advisories

aws-networks: ## Write the addresses of AWS that the guard knows anew (needs the network)
	mkdir -p $(TOOLS)
	curl --fail --silent --show-error --output $(TOOLS)/ip-ranges.json https://ip-ranges.amazonaws.com/ip-ranges.json
	python3 $(AWS_NETWORKS).py < $(TOOLS)/ip-ranges.json > $(TOOLS)/aws-networks.txt
	mv $(TOOLS)/aws-networks.txt $(AWS_NETWORKS).txt

released: ## Take down the contracts and state machines of now as those of the last release
	rm -rf $(RELEASED)
	mkdir -p $(RELEASED)/contracts $(RELEASED)/statemachines
	cp statemachines/contracts/*.json $(RELEASED)/contracts
	cp statemachines/*.asl.json $(RELEASED)/statemachines

bench: ## The worker against a bare loop; a thousand findings; a sweep of 100,000 instances; the gateway
	cargo bench --locked --package falconer-runtime --bench throughput
	cargo bench --locked --package falconer-tests --bench containment
	cargo bench --locked --package falconer-tests --bench fleet
	cargo bench --locked --package falconer-tests --bench gateway

cost: cdk ## What Falconer costs in AWS, counted in the sandbox
	cargo bench --locked --workspace --profile dev --bench cost

clean: ## Remove what was built and installed
	cargo clean
	rm -rf tests/node_modules $(VENV) cdk/node_modules cdk/build cdk/cdk.out $(CDK_VENV)

# The whole workspace, as the tests are built: for one package alone cargo would build the SDK a second time, with other features.
.PHONY: $(FALCONER)
$(FALCONER):
	cargo build --quiet --locked --workspace

$(DENY):
	cargo install cargo-deny --quiet --locked --no-default-features --version $(CARGO_DENY_VERSION) --root $(TOOLS)

tests/node_modules/.package-lock.json: tests/package-lock.json
	cd tests && npm ci --silent

cdk/node_modules/.package-lock.json: cdk/package-lock.json
	cd cdk && npm ci --silent

$(CDK_VENV)/installed: cdk/requirements.txt
	python3 -m venv $(CDK_VENV)
	$(CDK_VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

$(VENV)/installed: tests/boto3/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@
