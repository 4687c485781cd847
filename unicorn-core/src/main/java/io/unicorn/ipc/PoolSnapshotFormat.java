package io.unicorn.ipc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.PoolSnapshot.ExitInfo;
import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.StepInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import org.jspecify.annotations.Nullable;

/**
 * Defines the layout of a {@link PoolSnapshot} in a frame: first what a summary has, then
 * the rest, which older versions of this code neither write nor read.
 */
final class PoolSnapshotFormat {

	private static final int INSTANT_BYTES = Long.BYTES + Integer.BYTES;

	/** The size of a worker with an empty state. */
	private static final int WORKER_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES + Short.BYTES
			+ Byte.BYTES + INSTANT_BYTES + Long.BYTES + Integer.BYTES;

	/** The size of a step with an empty text. */
	private static final int STEP_BYTES = INSTANT_BYTES + Short.BYTES;

	/** The size of a roll-out with empty texts and lists. */
	private static final int ROLLOUT_BYTES = Long.BYTES + 2 * Integer.BYTES + 4 * Short.BYTES + INSTANT_BYTES
			+ Byte.BYTES + 2 * Integer.BYTES;

	/** The size of a listener with empty texts. */
	private static final int LISTENER_BYTES = 2 * Short.BYTES + 2 * Integer.BYTES;

	/** The size of an exit with empty texts. */
	private static final int EXIT_BYTES = Long.BYTES + Integer.BYTES + 3 * Short.BYTES + INSTANT_BYTES;

	private PoolSnapshotFormat() {
	}

	static void write(PayloadWriter out, PoolSnapshot pool) {
		writeMaster(out, pool.master());
		out.writeInt(pool.target());
		out.writeInt(pool.ready());
		out.writeList(pool.workers(), PoolSnapshotFormat::writeWorker);
		out.writeMap(pool.exits(), PayloadWriter::writeLong);
		out.writeList(pool.rollouts(), PoolSnapshotFormat::writeRollout);
		out.writeString(pool.problem());
		boolean more = hasMore(pool);
		out.writeBoolean(more);
		if (more) {
			writeRest(out, pool);
		}
	}

	static PoolSnapshot read(PayloadReader in) {
		PoolSnapshot pool = new PoolSnapshot(readMaster(in), in.readInt(), in.readInt(), List.of(),
				in.readList(WORKER_BYTES, PoolSnapshotFormat::readWorker),
				in.readMap(Long.BYTES, PayloadReader::readLong), List.of(),
				in.readList(ROLLOUT_BYTES, PoolSnapshotFormat::readRollout), in.readStringOr(""));
		return in.readBooleanOr(false) ? readRest(in, pool) : pool;
	}

	/** Whether the snapshot has anything that a summary does not have, but roll-outs. */
	private static boolean hasMore(PoolSnapshot pool) {
		PoolSnapshot summary = pool.summary();
		return !(pool.master().equals(summary.master()) && pool.workers().equals(summary.workers())
				&& pool.listeners().isEmpty() && pool.lastExits().isEmpty());
	}

	private static void writeRest(PayloadWriter out, PoolSnapshot pool) {
		out.writeLong(pool.master().uptimeSeconds());
		out.writeString(pool.master().version());
		out.writeString(pool.master().jdk());
		out.writeList(pool.listeners(), (list, listener) -> {
			list.writeString(listener.name());
			list.writeString(listener.address());
			list.writeInt(listener.waiting());
			list.writeInt(listener.backlog());
		});
		pool.workers().forEach((worker) -> writeFigures(out, worker));
		out.writeList(pool.lastExits(), (list, exit) -> {
			list.writeLong(exit.id());
			list.writeInt(exit.pid());
			list.writeString(exit.reason());
			list.writeString(exit.detail());
			list.writeInstant(exit.at());
			list.writeString(exit.dumpFile());
		});
	}

	private static PoolSnapshot readRest(PayloadReader in, PoolSnapshot pool) {
		MasterInfo master = pool.master();
		MasterInfo known = new MasterInfo(master.pid(), master.startedAt(), in.readLong(), in.readString(),
				in.readString(), master.state(), master.generation());
		List<ListenerInfo> listeners = in.readList(LISTENER_BYTES,
				(list) -> new ListenerInfo(list.readString(), list.readString(), list.readInt(), list.readInt()));
		List<WorkerInfo> workers = new ArrayList<>();
		pool.workers().forEach((worker) -> workers.add(readFigures(in, worker)));
		List<ExitInfo> exits = in.readList(EXIT_BYTES, (list) -> new ExitInfo(list.readLong(), list.readInt(),
				list.readString(), list.readString(), list.readInstant(), list.readString()));
		return new PoolSnapshot(known, pool.target(), pool.ready(), listeners, workers, pool.exits(), exits,
				pool.rollouts(), pool.problem());
	}

	private static void writeMaster(PayloadWriter out, MasterInfo master) {
		out.writeInt(master.pid());
		out.writeInstant(master.startedAt());
		out.writeInt(master.generation());
		out.writeString(master.state());
	}

	private static MasterInfo readMaster(PayloadReader in) {
		return new MasterInfo(in.readInt(), in.readInstant(), in.readInt(), in.readString());
	}

	private static void writeWorker(PayloadWriter out, WorkerInfo worker) {
		out.writeInt(worker.index());
		out.writeLong(worker.id());
		out.writeInt(worker.pid());
		out.writeInt(worker.generation());
		out.writeString(worker.state());
		out.writeBoolean(worker.leader());
		out.writeInstant(worker.startedAt());
		out.writeLong(worker.requests());
		out.writeInt(worker.inFlight());
	}

	private static WorkerInfo readWorker(PayloadReader in) {
		return new WorkerInfo(in.readInt(), in.readLong(), in.readInt(), in.readInt(), in.readString(),
				in.readBoolean(), in.readInstant(), in.readLong(), in.readInt());
	}

	/** Write what a summary does not have of a worker. */
	private static void writeFigures(PayloadWriter out, WorkerInfo worker) {
		out.writeLong(worker.errors());
		out.writeLong(worker.oldestRequestMillis());
		out.writeInt(worker.connections());
		writeOptional(out, worker.readyAt());
		out.writeLong(worker.bootMillis());
		out.writeLong(worker.lastHeartbeatMillis());
		out.writeLong(worker.heapUsedBytes());
		out.writeLong(worker.heapMaxBytes());
		out.writeLong(worker.rssBytes());
		out.writeDouble(worker.cpuPercent());
		out.writeInt(worker.threads());
	}

	private static WorkerInfo readFigures(PayloadReader in, WorkerInfo worker) {
		return new WorkerInfo(worker.index(), worker.id(), worker.pid(), worker.generation(), worker.state(),
				worker.leader(), worker.startedAt(), worker.requests(), worker.inFlight(), in.readLong(), in.readLong(),
				in.readInt(), readOptional(in), in.readLong(), in.readLong(), in.readLong(), in.readLong(),
				in.readLong(), in.readDouble(), in.readInt());
	}

	private static void writeOptional(PayloadWriter out, @Nullable Instant instant) {
		out.writeBoolean(instant != null);
		if (instant != null) {
			out.writeInstant(instant);
		}
	}

	private static @Nullable Instant readOptional(PayloadReader in) {
		return in.readBoolean() ? in.readInstant() : null;
	}

	private static void writeRollout(PayloadWriter out, RolloutInfo rollout) {
		out.writeLong(rollout.id());
		out.writeInt(rollout.from());
		out.writeInt(rollout.to());
		out.writeString(rollout.code());
		out.writeString(rollout.trigger());
		out.writeString(rollout.state());
		out.writeInstant(rollout.startedAt());
		writeOptional(out, rollout.endedAt());
		out.writeString(rollout.reason());
		out.writeList(rollout.steps(), (list, step) -> {
			list.writeInstant(step.at());
			list.writeString(step.what());
		});
		out.writeList(rollout.log(), PayloadWriter::writeString);
	}

	private static RolloutInfo readRollout(PayloadReader in) {
		return new RolloutInfo(in.readLong(), in.readInt(), in.readInt(), in.readString(), in.readString(),
				in.readString(), in.readInstant(), readOptional(in), in.readString(),
				in.readList(STEP_BYTES, (list) -> new StepInfo(list.readInstant(), list.readString())),
				in.readList(Short.BYTES, PayloadReader::readString));
	}

}
