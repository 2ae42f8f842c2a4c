"""Kubernetes objects in Terraform's blocks are the objects that YAML spells."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ourhalf.readers.node import plain
from ourhalf.readers.terraform import bodies, kubernetes
from ourhalf.readers.terraform.root import Root
from tests.support import MemoryFiles, read

CASES = {
    "service": (
        """
resource "kubernetes_service_v1" "x" {
  metadata {
    name        = "s"
    annotations = { "service.beta.kubernetes.io/aws-load-balancer-internal" = "true" }
  }
  spec {
    type                        = "LoadBalancer"
    selector                    = { my_app = "a" }
    load_balancer_source_ranges = ["10.0.0.0/8"]
    cluster_ip                  = "None"
    port {
      port        = 80
      target_port = "http"
    }
    port {
      name = "b"
      port = 81
    }
  }
}
""",
        """
apiVersion: v1
kind: Service
metadata: {name: s, annotations: {service.beta.kubernetes.io/aws-load-balancer-internal: "true"}}
spec:
  type: LoadBalancer
  selector: {my_app: a}
  loadBalancerSourceRanges: [10.0.0.0/8]
  clusterIP: None
  ports: [{port: 80, targetPort: http}, {name: b, port: 81}]
""",
    ),
    "roles": (
        """
resource "kubernetes_cluster_role" "x" {
  metadata {
    name = "r"
  }
  rule {
    api_groups        = [""]
    resources         = ["secrets"]
    verbs             = ["*"]
    resource_names    = ["a"]
  }
  rule {
    non_resource_urls = ["/healthz"]
    verbs             = ["get"]
  }
}
""",
        """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules:
  - {apiGroups: [""], resources: [secrets], verbs: ["*"], resourceNames: [a]}
  - {nonResourceURLs: [/healthz], verbs: [get]}
""",
    ),
    "bindings": (
        """
resource "kubernetes_role_binding" "x" {
  metadata {
    name      = "b"
    namespace = "n"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = "r"
  }
  subject {
    kind      = "ServiceAccount"
    name      = "a"
    namespace = "n"
  }
}
""",
        """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: n}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: a, namespace: n}]
""",
    ),
    "network policies": (
        """
resource "kubernetes_network_policy" "x" {
  metadata {
    name = "p"
  }
  spec {
    pod_selector {
      match_expressions {
        key      = "app"
        operator = "In"
        values   = ["a"]
      }
    }
    ingress {
      ports {
        port     = "8265"
        protocol = "TCP"
      }
      from {
        namespace_selector {
          match_labels = { name = "ml" }
        }
      }
      from {
        ip_block {
          cidr   = "10.0.0.0/8"
          except = ["10.1.0.0/16"]
        }
      }
    }
    egress {
      to {
        pod_selector {}
      }
    }
    policy_types = ["Ingress", "Egress"]
  }
}
""",
        """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [a]}]}
  ingress:
    - ports: [{port: "8265", protocol: TCP}]
      from:
        - namespaceSelector: {matchLabels: {name: ml}}
        - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
  egress:
    - to: [{podSelector: {}}]
  policyTypes: [Ingress, Egress]
""",
    ),
    "jobs": (
        """
resource "kubernetes_cron_job_v1" "x" {
  metadata {
    name = "j"
  }
  spec {
    schedule = "0 0 * * *"
    job_template {
      metadata {}
      spec {
        backoff_limit = 2
        template {
          metadata {}
          spec {
            affinity {
              node_affinity {
                required_during_scheduling_ignored_during_execution {
                  node_selector_term {
                    match_expressions {
                      key      = "gpu"
                      operator = "Exists"
                    }
                  }
                }
              }
              pod_anti_affinity {
                required_during_scheduling_ignored_during_execution {
                  topology_key = "zone"
                  label_selector {
                    match_labels = { a = "b" }
                  }
                }
              }
            }
            host_ipc = true
            volume {
              name = "p"
              projected {
                sources {
                  service_account_token {
                    path = "token"
                  }
                }
              }
            }
            volume {
              name = "s"
              secret {
                secret_name = "hf"
                items {
                  key  = "token"
                  path = "token"
                }
              }
            }
            volume {
              name = "c"
              persistent_volume_claim {
                claim_name = "data"
              }
            }
            container {
              name  = "c"
              image = "i"
              security_context {
                run_as_user = 0
                se_linux_options {
                  level = "s0"
                }
              }
              lifecycle {
                pre_stop {
                  exec {
                    command = ["true"]
                  }
                }
              }
              liveness_probe {
                http_get {
                  path = "/"
                  port = 80
                  http_header {
                    name  = "a"
                    value = "b"
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
""",
        """
apiVersion: batch/v1
kind: CronJob
metadata: {name: j}
spec:
  schedule: "0 0 * * *"
  jobTemplate:
    metadata: {}
    spec:
      backoffLimit: 2
      template:
        metadata: {}
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: Exists}]}]
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - {topologyKey: zone, labelSelector: {matchLabels: {a: b}}}
          hostIPC: true
          volumes:
            - {name: p, projected: {sources: [{serviceAccountToken: {path: token}}]}}
            - {name: s, secret: {secretName: hf, items: [{key: token, path: token}]}}
            - {name: c, persistentVolumeClaim: {claimName: data}}
          containers:
            - name: c
              image: i
              securityContext: {runAsUser: 0, seLinuxOptions: {level: s0}}
              lifecycle: {preStop: {exec: {command: ["true"]}}}
              livenessProbe: {httpGet: {path: /, port: 80, httpHeaders: [{name: a, value: b}]}}
""",
    ),
    "ingresses": (
        """
resource "kubernetes_ingress_v1" "x" {
  metadata {
    name = "i"
  }
  spec {
    ingress_class_name = "alb"
    tls {
      hosts       = ["a.example"]
      secret_name = "t"
    }
    rule {
      host = "a.example"
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = "s"
              port {
                number = 80
              }
            }
          }
        }
      }
    }
  }
}
""",
        """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i}
spec:
  ingressClassName: alb
  tls: [{hosts: [a.example], secretName: t}]
  rules:
    - host: a.example
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}
""",
    ),
    "accounts": (
        """
resource "kubernetes_service_account" "x" {
  metadata {
    name = "a"
  }
  automount_service_account_token = false
  image_pull_secret {
    name = "p"
  }
  secret {
    name = "s"
  }
}
""",
        """
apiVersion: v1
kind: ServiceAccount
metadata: {name: a}
automountServiceAccountToken: false
imagePullSecrets: [{name: p}]
secrets: [{name: s}]
""",
    ),
    "stateful sets": (
        """
resource "kubernetes_stateful_set" "x" {
  metadata {
    name = "s"
  }
  spec {
    service_name = "s"
    volume_claim_template {
      metadata {
        name = "d"
      }
      spec {
        access_modes = ["ReadWriteOnce"]
        resources {
          requests = { storage = "10Gi" }
        }
      }
    }
    template {
      spec {
        topology_spread_constraint {
          max_skew = 1
        }
        host_aliases {
          ip = "10.0.0.1"
        }
        container {
          name = "c"
          resources {
            limits = { memory_x = "1Gi" }
          }
          volume_device {
            name = "d"
          }
          env {
            name = "IP"
            value_from {
              field_ref {
                field_path = "status.podIP"
              }
            }
          }
        }
      }
    }
  }
}
""",
        """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s}
spec:
  serviceName: s
  volumeClaimTemplates:
    - metadata: {name: d}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
  template:
    spec:
      topologySpreadConstraints: [{maxSkew: 1}]
      hostAliases: [{ip: 10.0.0.1}]
      containers:
        - name: c
          resources: {limits: {memory_x: 1Gi}}
          volumeDevices: [{name: d}]
          env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
""",
    ),
    "config maps": (
        'resource "kubernetes_config_map" "x" {\n  metadata {\n    name = "c"\n  }\n  data = { some_key = "v" }\n}\n',
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {some_key: v}\n",
    ),
}


def objects(text: str) -> list[Any]:
    root = Root("", MemoryFiles({"main.tf": text}))
    found: list[Any] = []
    for declared in root.resources(kubernetes.declares):
        found.extend(kubernetes.objects(declared.type, bodies.tree(declared.block, declared.scope)))
    return [plain(document) for document in found]


@pytest.mark.parametrize("name", CASES)
def test_objects(name: str) -> None:
    text, expected = CASES[name]
    assert objects(text) == [yaml.safe_load(expected)]


def test_blocks_of_unknown_number() -> None:
    text = """
variable "u" {}
resource "kubernetes_pod" "p" {
  metadata {
    name = "p"
  }
  spec {
    container {
      name  = "a"
      image = "i"
    }
    dynamic "volume" {
      for_each = var.u
      content {
        name = volume.value
      }
    }
  }
}
"""
    (found,) = objects(text)
    assert found["spec"]["containers"] == [{"name": "a", "image": "i"}]
    assert found["spec"]["volumes"] == "<variable `u` has no value>"


def test_many_documents_have_addresses_of_their_own() -> None:
    text = (
        'data "kubectl_file_documents" "d" {\n  content = file("d.yaml.tpl")\n}\n'
        'resource "kubectl_manifest" "m" {\n  for_each = data.kubectl_file_documents.d.manifests\n'
        "  yaml_body = each.value\n}\n"
        'resource "kubectl_manifest" "one" {\n  yaml_body = file("d.yaml.tpl")\n}\n'
    )
    documents = "---\n".join(f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {n}\n" for n in "ab")
    found = read({"main.tf": text, "d.yaml.tpl": documents}).resources
    assert [r.origin.address for r in found] == [
        'kubectl_manifest.m["Namespace/a"]',
        'kubectl_manifest.m["Namespace/b"]',
        "kubectl_manifest.one",
        "kubectl_manifest.one#1",
    ]
