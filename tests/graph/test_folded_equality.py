"""What CloudFormation nests and Terraform states apart is equal once it is folded."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.evidence import Evidence
from ourhalf.model.resource import Resource
from ourhalf.resources.ecr import EcrRepository
from ourhalf.resources.eks import EksCluster
from ourhalf.resources.iam import IamRole
from ourhalf.resources.kms import KmsKey
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.security_groups import SecurityGroup
from tests.laws.test_equality import value
from tests.support import cloudformation, terraform

BUCKET = (
    """
Resources:
  B:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: models
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - BucketKeyEnabled: true
            ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: "arn:aws:kms:eu-west-1:1:key/k"}
      PublicAccessBlockConfiguration:
        {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: false}
      LoggingConfiguration: {DestinationBucketName: logs}
      OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerPreferred}]}
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref B
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Sid: T, Effect: Deny, Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::models/*",
             Condition: {Bool: {"aws:SecureTransport": "false"}}}
""",
    """
resource "aws_s3_bucket" "b" { bucket = "models" }
resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.bucket
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "arn:aws:kms:eu-west-1:1:key/k"
    }
  }
}
resource "aws_s3_bucket_public_access_block" "b" {
  bucket              = aws_s3_bucket.b.id
  block_public_acls   = true
  block_public_policy = true
  ignore_public_acls  = true
}
resource "aws_s3_bucket_logging" "b" {
  bucket        = "models"
  target_bucket = "logs"
  target_prefix = "x"
}
resource "aws_s3_bucket_ownership_controls" "b" {
  bucket = aws_s3_bucket.b.id
  rule { object_ownership = "BucketOwnerPreferred" }
}
data "aws_iam_policy_document" "b" {
  statement {
    sid       = "T"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::models/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.b.json
}
""",
)

ROLE = (
    """
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: train
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: sagemaker.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
  P:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [!Ref R]
      PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::models/*"}]}
""",
    """
resource "aws_iam_role" "r" {
  name = "train"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { Service = "sagemaker.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "p" {
  name = "p"
  role = aws_iam_role.r.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::models/*" }]
  })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}
""",
)

GROUP = (
    """
Resources:
  G:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupName: g, GroupDescription: d, VpcId: vpc-1,
      SecurityGroupEgress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}
  I:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref G, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}
""",
    """
resource "aws_security_group" "g" {
  name        = "g"
  description = "d"
  vpc_id      = "vpc-1"
}
resource "aws_vpc_security_group_ingress_rule" "i" {
  security_group_id = aws_security_group.g.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "10.0.0.0/8"
}
resource "aws_vpc_security_group_egress_rule" "e" {
  security_group_id = aws_security_group.g.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
""",
)

CLUSTER = (
    """
Resources:
  C:
    Type: AWS::EKS::Cluster
    Properties:
      Name: c
      Version: "1.34"
      RoleArn: arn:aws:iam::1:role/eks
      ResourcesVpcConfig: {SubnetIds: [subnet-1], EndpointPublicAccess: false, EndpointPrivateAccess: true}
      Logging: {ClusterLogging: {EnabledTypes: [{Type: api}, {Type: audit}]}}
      EncryptionConfig: [{Resources: [secrets], Provider: {KeyArn: k}}]
      AccessConfig: {AuthenticationMode: API}
""",
    """
resource "aws_eks_cluster" "c" {
  name                      = "c"
  version                   = "1.34"
  role_arn                  = "arn:aws:iam::1:role/eks"
  enabled_cluster_log_types = ["api", "audit"]
  vpc_config {
    subnet_ids              = ["subnet-1"]
    endpoint_public_access  = false
    endpoint_private_access = true
  }
  encryption_config {
    resources = ["secrets"]
    provider { key_arn = "k" }
  }
  access_config { authentication_mode = "API" }
}
""",
)

REPOSITORY = (
    """
Resources:
  R:
    Type: AWS::ECR::Repository
    Properties:
      RepositoryName: r
      ImageTagMutability: IMMUTABLE
      ImageScanningConfiguration: {ScanOnPush: true}
      EncryptionConfiguration: {EncryptionType: KMS, KmsKey: k}
      RepositoryPolicyText: {Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::1:root"}, Action: "ecr:*"}]}
""",
    """
resource "aws_ecr_repository" "r" {
  name                 = "r"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration { scan_on_push = true }
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = "k"
  }
}
resource "aws_ecr_repository_policy" "r" {
  repository = aws_ecr_repository.r.name
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::1:root" }, Action = "ecr:*" }]
  })
}
""",
)

KEY = (
    "Resources: {K: {Type: AWS::KMS::Key, Properties: {Description: d, EnableKeyRotation: true}}}",
    'resource "aws_kms_key" "k" {\n  description = "d"\n  enable_key_rotation = true\n}\n',
)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (BUCKET, S3Bucket),
        (ROLE, IamRole),
        (GROUP, SecurityGroup),
        (CLUSTER, EksCluster),
        (REPOSITORY, EcrRepository),
        (KEY, KmsKey),
    ],
    ids=lambda found: found.__name__ if isinstance(found, type) else "",
)
def test_equal_once_folded(texts: tuple[str, str], kind: type[Resource]) -> None:
    nested, apart = (_folded(resources, kind) for resources in (cloudformation(texts[0]), terraform(texts[1])))
    assert nested == apart


def _folded(resources: tuple[Resource, ...], kind: type[Resource]) -> Any:
    found = EvidenceGraph(Evidence(resources)).all(kind)
    assert len(found) == 1
    return value(found[0])


def test_a_satellite_of_an_unknown_target_leaves_a_doubt() -> None:
    resources = terraform(
        'variable "b" {}\nresource "aws_s3_bucket" "b" { bucket = "models" }\n'
        'resource "aws_s3_bucket_versioning" "v" {\n  bucket = var.b\n'
        '  versioning_configuration { status = "Enabled" }\n}\n'
    )
    assert _folded(resources, S3Bucket)["versioning"] == "unresolved"
