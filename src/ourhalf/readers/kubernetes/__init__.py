"""Kubernetes manifests: objects, and custom resources that hold a pod template anywhere."""
