"""What the strict OpenMetrics parser of Prometheus' Python client takes for a body: a peer of the benchmark's part "exposition".

Argument: the file. Printed are seconds and the number of families. Needs Debian's python3-prometheus-client.
"""
import sys
import time

from prometheus_client.openmetrics.parser import text_string_to_metric_families

with open(sys.argv[1], encoding="utf-8") as file:
    body = file.read()
start = time.perf_counter()
families = sum(1 for _ in text_string_to_metric_families(body))
print(time.perf_counter() - start, families)
