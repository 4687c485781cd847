package io.unicorn.sample.soak;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

import io.unicorn.sample.testsupport.load.ProblemSample;

/**
 * The result of a soak.
 *
 * @param server the server's name
 * @param duration how long the load lasted
 * @param planned how many roll-outs there should have been
 * @param rollouts how long each roll-out that succeeded took
 * @param ledgers the results of the requests, for each kind of client
 * @param http2 the results of the requests of h2load
 * @param samples the first requests that went wrong
 * @param complaints what else went wrong
 */
record SoakResult(String server, Duration duration, int planned, List<Duration> rollouts, Map<Kind, Ledger> ledgers,
		Http2Count http2, List<ProblemSample> samples, List<String> complaints) {

	/** All requests that are small and do not wait. */
	Ledger quick() {
		Ledger quick = new Ledger();
		this.ledgers.forEach((kind, ledger) -> {
			if (kind.isQuick()) {
				quick.add(ledger);
			}
		});
		return quick;
	}

	long sent() {
		return sum(Ledger::sentCount) + this.http2.sent();
	}

	long lost() {
		return sum(Ledger::lost) + this.http2.lost();
	}

	long wrong() {
		return sum(Ledger::wrong) + this.http2.wrong();
	}

	long refused() {
		return sum(Ledger::refused);
	}

	private long sum(ToLongFunction<Ledger> number) {
		return this.ledgers.values().stream().mapToLong(number).sum();
	}

	/** Whether nothing at all went wrong. */
	boolean isFlawless() {
		return this.rollouts.size() == this.planned && sent() > 0 && lost() == 0 && wrong() == 0 && refused() == 0
				&& this.complaints.isEmpty();
	}

}
