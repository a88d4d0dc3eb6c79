"""Findings in the AWS Security Finding Format."""

from datetime import UTC, datetime

from sandbox import HUB, REGION

CROWDSTRIKE = f"arn:aws:securityhub:{REGION}:517716713836:product/crowdstrike/crowdstrike-falcon"


def default_product(account=HUB):
    return f"arn:aws:securityhub:{REGION}:{account}:product/{account}/default"


def finding(name, **members):
    """A finding of the account's own product, which starts nothing."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "SchemaVersion": "2018-10-08",
        "Id": name,
        "ProductArn": default_product(),
        "GeneratorId": "boto3",
        "AwsAccountId": HUB,
        "Types": ["Unusual Behaviors/Network Flow"],
        "CreatedAt": now,
        "UpdatedAt": now,
        "Severity": {"Label": "HIGH"},
        "Title": f"Finding {name}",
        "Description": "Written by a test.",
        "Resources": [{"Type": "AwsEc2Instance", "Id": "i-0123456789abcdef0", "Region": REGION}],
    } | members


def falcon_finding(name, kind, value):
    """A finding as the Falcon Integration Gateway writes it."""
    prefix = "crowdstrike/crowdstrike-falcon/"
    return finding(
        f"crowdstrike:crowdstrike-falcon:{name}",
        ProductArn=CROWDSTRIKE,
        GeneratorId="Falcon Host",
        RecordState="ACTIVE",
        Types=["Namespace: TTPs", "Category: Falcon Intel"],
        ProductFields={f"{prefix}IOCType": kind, f"{prefix}IOCValue": value},
    )


def identifier(of):
    return {"Id": of["Id"], "ProductArn": of["ProductArn"]}


def by_id(prefix):
    return {"Id": [{"Value": prefix, "Comparison": "PREFIX"}]}
