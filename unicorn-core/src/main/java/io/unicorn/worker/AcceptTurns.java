package io.unicorn.worker;

import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Decides when a worker lets the others accept first. The kernel wakes one waiting worker
 * for each connection, but whoever is awake takes all that have come: of many that come
 * at once, as when a proxy or a load generator opens its connections, one worker would
 * get most and keep them. So who has more than another one, that accepts too, waits a
 * little. A worker that does not take its turn, be it stopped or starved, is waited for
 * once, and not again before it has accepted something. Connections that are closed as
 * fast as they come do not last long enough to be worth any wait.
 * <p>
 * {@link #taken} and {@link #nanosToWait} are for the thread that accepts, the other
 * methods for any.
 */
public final class AcceptTurns {

	/** One more for each so many connections is no difference worth waiting for. */
	private static final int TOLERANCE = 8;

	/** A first wait in nanoseconds; each is twice as long as the one before. */
	private static final long FIRST_WAIT = 50_000;

	/** About 6 ms altogether, in which whoever has been woken gets a processor. */
	private static final int WAITS_FOR_ONE_TURN = 7;

	/** A connection that is closed in less is short. */
	private static final long PERIOD = 1_000_000_000;

	private final ConnectionBoard board;

	private final int index;

	/** What each had taken when it had been waited for in vain, or any other number. */
	private final int[] givenUp;

	/** Who took how many when the present wait began. */
	private final int[] before;

	private final LongSupplier nanoTime;

	private int connections;

	private Period present;

	private @Nullable Period last;

	private int waits;

	private int taken;

	/**
	 * Create for a worker.
	 * @param index its index, 0 or more; who finds no place on the board waits for nobody
	 */
	public AcceptTurns(ConnectionBoard board, int index) {
		this(board, index, System::nanoTime);
	}

	AcceptTurns(ConnectionBoard board, int index, LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.present = new Period(nanoTime.getAsLong(), 0);
		this.board = board;
		this.index = index;
		this.givenUp = new int[board.slots()];
		this.before = new int[board.slots()];
		if (hasPlace()) {
			// Whoever had this index before may have been killed.
			board.accepts(index, false);
			this.taken = board.taken(index);
			board.connections(index, 0);
			for (int i = 0; i < board.slots(); i++) {
				this.givenUp[i] = board.taken(i) - 1;
			}
		}
	}

	private boolean hasPlace() {
		return this.index < this.board.slots();
	}

	/** This worker accepts from now on. */
	public void begin() {
		if (hasPlace()) {
			this.board.accepts(this.index, true);
		}
	}

	/** This worker accepts nothing any more. */
	public void end() {
		if (hasPlace()) {
			this.board.accepts(this.index, false);
		}
	}

	/** A connection was accepted, or is about to be. */
	public void opened() {
		count(1);
	}

	/** A connection is closed, or was not accepted after all. */
	public synchronized void closed() {
		beginPeriod();
		this.present.closed++;
		count(-1);
	}

	private synchronized void count(int change) {
		this.connections += change;
		if (hasPlace()) {
			this.board.connections(this.index, this.connections);
		}
	}

	private void beginPeriod() {
		long now = this.nanoTime.getAsLong();
		long past = now - this.present.start;
		if (past >= PERIOD) {
			this.last = (past < 2 * PERIOD) ? this.present : null;
			this.present = new Period(now, this.connections);
		}
	}

	private synchronized void countTaken() {
		beginPeriod();
		this.present.taken++;
	}

	/** Whether most connections are closed in the period in which they were accepted. */
	private synchronized boolean areShort() {
		beginPeriod();
		return this.present.hasMostlyShort() || (this.last != null && this.last.hasMostlyShort());
	}

	/**
	 * Something was accepted; the next turn begins.
	 */
	public void taken() {
		this.waits = 0;
		countTaken();
		if (hasPlace()) {
			this.board.taken(this.index, ++this.taken);
		}
	}

	/**
	 * Return how long to let the others go first before asking again, in nanoseconds; 0
	 * if it is this worker's turn.
	 */
	public long nanosToWait() {
		if (!hasPlace()) {
			return 0;
		}
		boolean behind = false;
		boolean moving = false;
		for (int i = 0; i < this.board.slots(); i++) {
			int others = this.board.taken(i);
			if (!isBehind(i) || others == this.givenUp[i]) {
				continue;
			}
			behind = true;
			moving |= this.waits > 0 && others != this.before[i];
			this.before[i] = others;
		}
		if (!behind || areShort()) {
			return 0;
		}
		// Who accepts is waited for anew: it may still take what is there.
		this.waits = moving ? 1 : this.waits + 1;
		if (this.waits > WAITS_FOR_ONE_TURN) {
			giveUp();
			return 0;
		}
		return FIRST_WAIT << (this.waits - 1);
	}

	private boolean isBehind(int other) {
		int own = this.board.connections(this.index);
		return this.board.accepts(other) && own - this.board.connections(other) > own / TOLERANCE;
	}

	private void giveUp() {
		for (int i = 0; i < this.board.slots(); i++) {
			if (isBehind(i)) {
				this.givenUp[i] = this.board.taken(i);
			}
		}
	}

	/** Some time, in which connections are accepted and closed. */
	private static final class Period {

		private final long start;

		private final int connections;

		private int taken;

		private int closed;

		Period(long start, int connections) {
			this.start = start;
			this.connections = connections;
		}

		boolean hasMostlyShort() {
			// At least so many of those that were closed were not there when it began.
			int closedAgain = this.closed - this.connections;
			return 2 * closedAgain > this.taken;
		}

	}

}
