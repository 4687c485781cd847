package io.unicorn.sample.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.load.ClientThreads;
import io.unicorn.sample.testsupport.load.ProblemLog;
import io.unicorn.sample.testsupport.load.ProblemSample;

/**
 * Runs all clients of one soak, each on its own thread.
 */
final class Load implements AutoCloseable {

	private static final int MOST_SAMPLES = 30;

	private static final long STACK_BYTES = 256 * 1024;

	private static final Duration STOP_MARGIN = Duration.ofSeconds(5);

	private final Progress progress = new Progress();

	private final ProblemLog problems = new ProblemLog(MOST_SAMPLES);

	private final List<Client> clients;

	private final List<Thread> threads = new ArrayList<>();

	private final Duration stopTimeout;

	private final long startNanos = System.nanoTime();

	private Load(Mix mix, Dialer dialer) {
		this.clients = mix.clients(dialer, this.progress, this.problems);
		this.stopTimeout = dialer.timeout().plus(STOP_MARGIN);
		for (Client client : this.clients) {
			Thread thread = new Thread(null, client, "soak client", STACK_BYTES);
			thread.setDaemon(true);
			this.threads.add(thread);
		}
	}

	static Load start(Mix mix, Dialer dialer) {
		Load load = new Load(mix, dialer);
		load.threads.forEach(Thread::start);
		return load;
	}

	void enter(Phase phase) {
		this.progress.enter(phase);
	}

	long sent() {
		return this.progress.sentCount();
	}

	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.startNanos);
	}

	/** The first requests that went wrong. */
	List<ProblemSample> samples() {
		return this.problems.samples();
	}

	/**
	 * Let each client finish its turn, then count.
	 */
	Map<Kind, Ledger> stop() {
		this.progress.stop();
		ClientThreads.join(this.threads, this.stopTimeout);
		this.clients.forEach(Client::cut);
		ClientThreads.join(this.threads, STOP_MARGIN);
		Map<Kind, Ledger> ledgers = new EnumMap<>(Kind.class);
		for (Client client : this.clients) {
			ledgers.computeIfAbsent(client.kind(), (kind) -> new Ledger()).add(client.ledger());
		}
		ledgers.values().forEach(Ledger::requireBalance);
		return ledgers;
	}

	@Override
	public void close() {
		this.progress.stop();
		this.clients.forEach(Client::cut);
	}

}
