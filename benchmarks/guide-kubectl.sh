#!/bin/sh
# What the upgrade guide types at Kubernetes with kubectl and helm and only reads, each line once and in its order, with the guide's own selectors
# (which select nothing: the charts write other labels). Of its helm upgrades the last one stands here, with --dry-run. Left out: what runs in a pod
# (exec, run), forwards a port, or changes something.
#
# Environment: NS (the namespace), KUBECONFIG, HOME (where kubectl keeps what it discovered), HELM (helm, or what stands for it), VALUES (the values
# of the upgrade).
set -eu

k() { kubectl --namespace "$NS" "$@"; }
h() { "$HELM" "$@" --namespace "$NS"; }

k get deployment temporal-frontend -o jsonpath='{.spec.template.spec.containers[0].image}' # 1. Environment Assessment
k top pods
kubectl top nodes
h get values temporal # 2. Backup Strategy
k get all,configmap,secret -o yaml
h get values temporal > "$HOME/current-values.yaml" # 3.2
diff -u "$HOME/current-values.yaml" "$VALUES" || test $? -eq 1
k get pods -l app=temporal-admintools # 4.1
k logs -l app=temporal-admintools --tail=50
k rollout status deployment/temporal-frontend # 4.2 to 4.5
k rollout status deployment/temporal-history
k logs -l app=temporal-history --tail=100
k rollout status deployment/temporal-matching
k rollout status deployment/temporal-worker
h upgrade temporal temporalio/temporal -f "$VALUES" --dry-run # 4.6
k get pods
k get deployment
k get pods -l app=temporal-frontend # Troubleshooting
k logs -l app=temporal-frontend --tail=200
k get endpoints temporal-frontend
