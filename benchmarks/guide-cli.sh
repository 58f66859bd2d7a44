#!/bin/sh
# What the upgrade guide types at a running cluster, each line once and in its order, in the words of today's CLI: tctl, which the guide uses,
# is at its end of life. There is no worker for what is started, as there is none in the guide.
#
# Environment: TEMPORAL (the CLI), ADDRESS, NAMESPACE.
set -eu

cli() { "$TEMPORAL" "$@" --address "$ADDRESS"; }

id="guide-$$"
cli operator cluster health # 5. Post-Upgrade Validation
cli workflow list --namespace "$NAMESPACE" --query 'ExecutionStatus="Running"' --limit 1000 # 1.2. Backup Strategy
cli workflow count --namespace "$NAMESPACE" --query 'ExecutionStatus="Running"'
cli workflow start --namespace "$NAMESPACE" --type HelloWorld --task-queue hello --workflow-id "$id" --execution-timeout 60s
cli workflow show --namespace "$NAMESPACE" --workflow-id "$id"
