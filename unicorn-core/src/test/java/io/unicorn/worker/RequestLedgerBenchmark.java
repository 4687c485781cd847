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
 * What each request pays for being counted.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestLedgerBenchmark {

	private final RequestLedger ledger = new RequestLedger(Long.MAX_VALUE, () -> {
	});

	/**
	 * A request on a thread that shares the ledger with nobody.
	 */
	@Benchmark
	public void alone() {
		this.ledger.end(this.ledger.begin(), false);
	}

	/**
	 * A request beside others, two at a time on two processors.
	 */
	@Benchmark
	@Threads(2)
	public void contended() {
		this.ledger.end(this.ledger.begin(), false);
	}

}
