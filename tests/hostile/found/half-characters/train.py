import boto3
from sagemaker.estimator import Estimator

password = "\ud800Tr0ub4dor-and-3"
ROLE = "\ud800arn:aws:iam::111122223333:role/vision"
Estimator(
    image_uri="763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6.0-gpu-py312",
    role=ROLE,
    instance_count=1,
    instance_type="ml.g5.xlarge",
    environment={"DB_PASSWORD": password},
).fit()
