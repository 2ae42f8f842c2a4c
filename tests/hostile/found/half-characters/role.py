import boto3

boto3.client("sagemaker").create_model(
    ModelName="\U0000d800", ExecutionRoleArn=f"{'x'}\udc00", PrimaryContainer={"Image": b"\ud800".decode()}
)
