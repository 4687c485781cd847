package io.unicorn.worker;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * Measures the time that counting adds to a request.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestLedgerBenchmark {

	private final RequestLedger ledger = new RequestLedger(Long.MAX_VALUE, () -> {
	});

	/**
	 * A request on the only thread that uses the ledger.
	 */
	@Benchmark
	public void alone() {
		this.ledger.end(this.ledger.begin(), false);
	}

	/**
	 * A request on one of two threads, on two processors.
	 */
	@Benchmark
	@Threads(2)
	public void contended() {
		this.ledger.end(this.ledger.begin(), false);
	}

}
