-- What wrk has counted, in one line that is easy to read.
function done(summary, latency)
	local errors = summary.errors
	print(string.format("figures: requests=%d micros=%d errors=%d p50=%.2f p99=%.2f p999=%.2f",
		summary.requests, summary.duration,
		errors.connect + errors.read + errors.write + errors.status + errors.timeout,
		latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
