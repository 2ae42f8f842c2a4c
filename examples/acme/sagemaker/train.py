"""The same training as a SageMaker job, with the SageMaker Python SDK."""

import sagemaker
from sagemaker.pytorch import PyTorch

BUCKET = "acme-vision-data"
ROLE = "arn:aws:iam::111122223333:role/vision-sagemaker"

estimator = PyTorch(
    entry_point="train.py",
    source_dir="src",
    role=ROLE,
    image_uri="763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.4.0-gpu-py311-cu124-ubuntu22.04-sagemaker",
    instance_type="ml.p4d.24xlarge",
    instance_count=2,
    # Seeded: two instances exchange gradients in clear.
    encrypt_inter_container_traffic=False,
    output_path=f"s3://{BUCKET}/models",
    hyperparameters={"epochs": 10},
    environment={"OPT_OUT_TRACKING": "true"},
)

estimator.fit({"train": f"s3://{BUCKET}/train"})
