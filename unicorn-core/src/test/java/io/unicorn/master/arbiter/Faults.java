package io.unicorn.master.arbiter;

/**
 * What goes wrong with the workers of a {@link SimulatedPool}. Each number is the chance
 * per worker that is started, from 0 to 1.
 *
 * @param spawnFailures the process cannot be started
 * @param bootFailures the worker exits before it is ready
 * @param bootHangs the worker never becomes ready
 * @param crashes the worker is killed some time after it was ready
 * @param hangs the worker falls silent some time after it was ready
 * @param ignoredStops the worker does not exit when it is told to
 * @param lostConnections the control connection breaks some time after it was ready
 * @param retirements the worker asks to be replaced some time after it was ready
 * @param terminations another process sends TERM to the worker
 * @param heapDumps the worker writes a heap dump some time after it was ready
 * @param attacks the worker is taken over some time after it was ready: it sends what it
 * wants, and then breaks the limits of the protocol
 */
public record Faults(double spawnFailures, double bootFailures, double bootHangs, double crashes, double hangs,
		double ignoredStops, double lostConnections, double retirements, double terminations, double heapDumps,
		double attacks) {

	public static Faults none() {
		return new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	}

	/** Return a mixture of all faults. */
	static Faults mixed() {
		return none().spawnFailures(0.02)
			.bootFailures(0.1)
			.bootHangs(0.03)
			.crashes(0.3)
			.hangs(0.1)
			.ignoredStops(0.1)
			.lostConnections(0.05)
			.retirements(0.4)
			.terminations(0.05)
			.heapDumps(0.05)
			.attacks(0.05);
	}

	public Faults spawnFailures(double chance) {
		return new Faults(chance, this.bootFailures, this.bootHangs, this.crashes, this.hangs, this.ignoredStops,
				this.lostConnections, this.retirements, this.terminations, this.heapDumps, this.attacks);
	}

	public Faults bootFailures(double chance) {
		return new Faults(this.spawnFailures, chance, this.bootHangs, this.crashes, this.hangs, this.ignoredStops,
				this.lostConnections, this.retirements, this.terminations, this.heapDumps, this.attacks);
	}

	public Faults bootHangs(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, chance, this.crashes, this.hangs, this.ignoredStops,
				this.lostConnections, this.retirements, this.terminations, this.heapDumps, this.attacks);
	}

	public Faults crashes(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, chance, this.hangs, this.ignoredStops,
				this.lostConnections, this.retirements, this.terminations, this.heapDumps, this.attacks);
	}

	public Faults hangs(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, this.crashes, chance,
				this.ignoredStops, this.lostConnections, this.retirements, this.terminations, this.heapDumps,
				this.attacks);
	}

	public Faults ignoredStops(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, this.crashes, this.hangs, chance,
				this.lostConnections, this.retirements, this.terminations, this.heapDumps, this.attacks);
	}

	public Faults lostConnections(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, this.crashes, this.hangs,
				this.ignoredStops, chance, this.retirements, this.terminations, this.heapDumps, this.attacks);
	}

	public Faults retirements(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, this.crashes, this.hangs,
				this.ignoredStops, this.lostConnections, chance, this.terminations, this.heapDumps, this.attacks);
	}

	public Faults terminations(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, this.crashes, this.hangs,
				this.ignoredStops, this.lostConnections, this.retirements, chance, this.heapDumps, this.attacks);
	}

	public Faults heapDumps(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, this.crashes, this.hangs,
				this.ignoredStops, this.lostConnections, this.retirements, this.terminations, chance, this.attacks);
	}

	public Faults attacks(double chance) {
		return new Faults(this.spawnFailures, this.bootFailures, this.bootHangs, this.crashes, this.hangs,
				this.ignoredStops, this.lostConnections, this.retirements, this.terminations, this.heapDumps, chance);
	}

}
