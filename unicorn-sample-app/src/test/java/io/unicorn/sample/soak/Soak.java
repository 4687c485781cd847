package io.unicorn.sample.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Puts a load on a server and rolls out under that load.
 */
final class Soak {

	private static final Duration GLANCE = Duration.ofMillis(200);

	private final Server server;

	private final Plan plan;

	private final List<Duration> rollouts = new ArrayList<>();

	private final List<String> complaints = new ArrayList<>();

	Soak(Server server, Plan plan) {
		this.server = server;
		this.plan = plan;
	}

	/**
	 * Run the soak.
	 * @param mix the clients
	 * @param http2 the clients that speak HTTP/2, if there are any
	 */
	SoakResult run(Mix mix, @Nullable H2Load http2) throws InterruptedException {
		try (Load load = Load.start(mix, this.server.dialer())) {
			if (http2 != null) {
				http2.start();
			}
			Thread.sleep(this.plan.warmUp().toMillis());
			load.enter(Phase.STEADY);
			Thread.sleep(this.plan.steady().toMillis());
			rollOut(load);
			while (load.sent() < this.plan.requests()) {
				Thread.sleep(GLANCE.toMillis());
			}
			Http2Count count = (http2 != null) ? http2.stop() : Http2Count.NONE;
			Duration duration = load.age();
			Map<Kind, Ledger> ledgers = load.stop();
			this.complaints.addAll(this.server.complaints());
			return new SoakResult(this.server.name(), duration, this.plan.rollouts(), this.rollouts, ledgers, count,
					load.samples(), this.complaints);
		}
	}

	private void rollOut(Load load) throws InterruptedException {
		for (int i = 0; i < this.plan.rollouts(); i++) {
			long start = System.nanoTime();
			load.enter(Phase.ROLL_OUT);
			try {
				this.server.rollOut();
				this.rollouts.add(Duration.ofNanos(System.nanoTime() - start));
			}
			catch (IOException ex) {
				this.complaints.add(ex.toString());
			}
			System.err.printf("%s: %d of %d roll-outs succeeded, %,d requests, %d problems%n", this.server.name(),
					this.rollouts.size(), this.plan.rollouts(), load.sent(), load.samples().size());
			load.enter(Phase.BETWEEN);
			Duration left = this.plan.period().minusNanos(System.nanoTime() - start);
			Thread.sleep(Math.max(0, left.toMillis()));
		}
	}

}
