"""Findings in the AWS Security Finding Format, and in OCSF."""

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


def ocsf_finding(uid, **members):
    """A finding of the new Security Hub, of a product that starts nothing."""
    return {
        "class_uid": 2004,
        "activity_id": 1,
        "severity": "High",
        "severity_id": 4,
        "status": "New",
        "status_id": 1,
        "cloud": {"account": {"uid": HUB}, "region": REGION},
        "finding_info": {"uid": f"arn:{uid}", "title": f"Finding {uid}"},
        "metadata": {"uid": uid, "product": {"uid": f"arn:aws:securityhub:{REGION}::productv2/acme/probe"}},
    } | members


def identifier(of):
    return {"Id": of["Id"], "ProductArn": of["ProductArn"]}


def by_id(prefix):
    return {"Id": [{"Value": prefix, "Comparison": "PREFIX"}]}
