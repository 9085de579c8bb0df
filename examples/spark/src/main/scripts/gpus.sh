#!/bin/sh
# Tells Spark the GPUs of a machine (spark.worker.resource.gpu.discoveryScript), numbered as CUDA numbers them here:
# those of CUDA_VISIBLE_DEVICES from 0, where that is set, else all.
set -eu
if [ -n "${CUDA_VISIBLE_DEVICES+set}" ]; then
  count=$(printf '%s\n' "$CUDA_VISIBLE_DEVICES" | tr ',' '\n' | awk '/^ *(-1)? *$/ {exit} {n++} END {print n + 0}')
else
  listed=$(nvidia-smi --query-gpu=index --format=csv,noheader)
  count=$(printf '%s\n' "$listed" | awk 'NF {n++} END {print n + 0}')
fi
awk -v n="$count" 'BEGIN {
  printf "{\"name\": \"gpu\", \"addresses\": ["
  for (i = 0; i < n; i++) printf "%s\"%d\"", (i ? ", " : ""), i
  print "]}"
}'
