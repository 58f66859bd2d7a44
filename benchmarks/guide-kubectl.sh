#!/bin/sh
# What the upgrade guide types at Kubernetes with kubectl and only reads, each line once and in its order, with the guide's own selectors (which
# select nothing: the charts write other labels). Left out: what runs in a pod (exec, run), forwards a port, changes something, or is helm's.
#
# Environment: NS (the namespace), KUBECONFIG, HOME (where kubectl keeps what it discovered).
set -eu

k() { kubectl --namespace "$NS" "$@"; }

k get deployment temporal-frontend -o jsonpath='{.spec.template.spec.containers[0].image}' # 1. Environment Assessment
k top pods
kubectl top nodes
k get all,configmap,secret -o yaml # 2. Backup Strategy
k get pods -l app=temporal-admintools # 4.1
k logs -l app=temporal-admintools --tail=50
k rollout status deployment/temporal-frontend # 4.2 to 4.5
k rollout status deployment/temporal-history
k logs -l app=temporal-history --tail=100
k rollout status deployment/temporal-matching
k rollout status deployment/temporal-worker
k get pods # 4.6
k get deployment
k get pods -l app=temporal-frontend # Troubleshooting
k logs -l app=temporal-frontend --tail=200
k get endpoints temporal-frontend
