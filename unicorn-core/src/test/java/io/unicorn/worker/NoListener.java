package io.unicorn.worker;

import java.util.Map;

/**
 * Does nothing with any event.
 */
class NoListener implements WorkerListener {

	@Override
	public void ready() {
	}

	@Override
	public void draining() {
	}

	@Override
	public void leadershipGranted(boolean first, Map<String, String> handOver) {
	}

	@Override
	public Map<String, String> leadershipRevoked() {
		return Map.of();
	}

}
