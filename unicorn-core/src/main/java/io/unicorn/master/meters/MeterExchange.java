package io.unicorn.master.meters;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.Message;
import io.unicorn.meters.MeterFormat;
import io.unicorn.meters.MeterTable;

/**
 * Collects the meters of all workers when one of them is scraped. A worker tells of its
 * own what has been counted, every second, so a collection asks for what is new since
 * then, and waits no longer than {@link #PATIENCE}. Used by the master's main thread
 * alone.
 */
public final class MeterExchange {

	/** How long a collection waits for a worker. */
	static final Duration PATIENCE = Duration.ofMillis(500);

	/** The shortest time between the beginnings of two collections. */
	static final Duration PAUSE = Duration.ofMillis(250);

	/** How long a result is kept for a worker that gets it in parts. */
	static final Duration KEPT = Duration.ofSeconds(10);

	private record Asker(long worker, long query) {

	}

	private record Result(int collection, List<ByteBuffer> parts, List<Integer> missing) {

	}

	private final MeterTable table = new MeterTable();

	private final BiConsumer<Long, Message.FromMaster> send;

	private final Supplier<Instant> clock;

	private final Consumer<String> warnings;

	/** Those who wait for the next collection. */
	private final List<Asker> next = new ArrayList<>();

	/** Those who wait for the collection that is under way. */
	private final List<Asker> askers = new ArrayList<>();

	/** The workers that this collection waits for. */
	private final Set<Long> awaited = new HashSet<>();

	/** The workers that have been told to send their meters and have not yet. */
	private final Set<Long> silent = new HashSet<>();

	private int collection;

	private boolean underWay;

	private Instant startedAt = Instant.MIN;

	private Instant endedAt = Instant.MIN;

	private Result result = new Result(0, List.of(), List.of());

	private boolean warned;

	/**
	 * Create.
	 * @param send sends a message to the worker with this number
	 * @param warnings logs what a user has to know
	 */
	public MeterExchange(BiConsumer<Long, Message.FromMaster> send, Supplier<Instant> clock,
			Consumer<String> warnings) {
		this.send = send;
		this.clock = clock;
		this.warnings = warnings;
	}

	/** Note that a worker is about to be started in this slot. */
	public void spawned(long worker, int slot) {
		this.table.add(worker, slot);
	}

	/** Note that a worker has exited. What it has counted stays. */
	public void exited(long worker) {
		this.table.remove(worker);
		this.silent.remove(worker);
		this.next.removeIf((asker) -> asker.worker() == worker);
		this.askers.removeIf((asker) -> asker.worker() == worker);
		if (this.awaited.remove(worker)) {
			endIfComplete();
		}
	}

	/** Handle a message of a worker. */
	public void received(long worker, Message.OfMeters message) {
		if (message instanceof Message.Meters meters) {
			update(worker, meters);
		}
		else if (message instanceof Message.MetersQuery query && query.collection() > 0) {
			this.send.accept(worker, part(query));
		}
		else if (message instanceof Message.MetersQuery query) {
			// A worker has one query at a time; the one before has timed out.
			this.next.removeIf((asker) -> asker.worker() == worker);
			this.next.add(new Asker(worker, query.query()));
			keepUp(this.clock.get());
		}
	}

	private void update(long worker, Message.Meters meters) {
		try {
			this.table.update(worker, MeterFormat.decode(meters.part().toByteBuffer()));
		}
		catch (IllegalArgumentException ex) {
			warn("meters of the worker in slot " + this.table.slot(worker) + " are left out: " + ex.getMessage());
		}
		if (this.table.takeLeftOut() > 0) {
			warn("the pool has more meters than the master keeps; some are left out of the pool's metrics");
		}
		if (meters.query() != 0) {
			this.send.accept(worker, new Message.Noted(meters.query()));
		}
		if (meters.collection() != 0) {
			answered(worker, meters.collection());
		}
	}

	private void answered(long worker, int number) {
		this.silent.remove(worker);
		if (!this.awaited.contains(worker)) {
			return;
		}
		if (number != this.collection) {
			// Its answer to an earlier collection has come at last.
			ask(worker);
			return;
		}
		this.awaited.remove(worker);
		endIfComplete();
	}

	private void warn(String line) {
		if (!this.warned) {
			this.warned = true;
			this.warnings.accept(line);
		}
	}

	/** Return when to call {@link #keepUp}, {@link Instant#MAX} for never. */
	public Instant due() {
		if (this.underWay) {
			return this.startedAt.plus(PATIENCE);
		}
		if (!this.next.isEmpty()) {
			return this.startedAt.plus(PAUSE);
		}
		return this.result.parts().isEmpty() ? Instant.MAX : this.endedAt.plus(KEPT);
	}

	/** Do what is due. */
	public void keepUp(Instant now) {
		if (due().isAfter(now)) {
			return;
		}
		if (this.underWay) {
			end();
		}
		else if (!this.next.isEmpty()) {
			begin(now);
		}
		else {
			this.result = new Result(this.result.collection(), List.of(), List.of());
		}
	}

	private void begin(Instant now) {
		this.underWay = true;
		this.startedAt = now;
		this.collection++;
		this.askers.addAll(this.next);
		this.next.clear();
		this.awaited.addAll(this.table.workers());
		// They have sent their meters before their query.
		this.askers.forEach((asker) -> this.awaited.remove(asker.worker()));
		// Orders that a worker does not read must not pile up.
		List.copyOf(this.awaited).stream().filter((worker) -> !this.silent.contains(worker)).forEach(this::ask);
		endIfComplete();
	}

	private void ask(long worker) {
		this.silent.add(worker);
		this.send.accept(worker, new Message.CollectMeters(this.collection));
	}

	private void endIfComplete() {
		if (this.underWay && this.awaited.isEmpty()) {
			end();
		}
	}

	private void end() {
		this.underWay = false;
		this.endedAt = this.clock.get();
		Set<Long> present = this.table.workers();
		present.removeAll(this.awaited);
		Set<Integer> missing = new TreeSet<>();
		this.awaited.forEach((worker) -> missing.add(this.table.slot(worker)));
		this.awaited.clear();
		this.result = new Result(this.collection, MeterFormat.encode(this.table.merge(present)), List.copyOf(missing));
		List<Asker> told = List.copyOf(this.askers);
		this.askers.clear();
		told.forEach((asker) -> this.send.accept(asker.worker(),
				part(new Message.MetersQuery(asker.query(), this.collection, 0))));
	}

	private Message.MetersReply part(Message.MetersQuery query) {
		List<ByteBuffer> parts = this.result.parts();
		if (query.collection() != this.result.collection() || query.part() >= Math.max(1, parts.size())) {
			return new Message.MetersReply(query.query(), query.collection(), 0, List.of(), Blob.EMPTY);
		}
		return new Message.MetersReply(query.query(), query.collection(), Math.max(1, parts.size()),
				this.result.missing(), parts.isEmpty() ? Blob.EMPTY : Blob.of(parts.get(query.part())));
	}

	/** Return what the next master needs. */
	public List<MeterTable.Saved> save() {
		return this.table.save();
	}

	/** Continue where the master before has stopped. */
	public void restore(List<MeterTable.Saved> saved) {
		this.table.restore(saved);
	}

}
