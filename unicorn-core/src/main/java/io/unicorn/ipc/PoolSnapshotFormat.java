package io.unicorn.ipc;

import java.time.Instant;

import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.StepInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;

/**
 * How a {@link PoolSnapshot} is laid out in a {@link MessageFormat}.
 */
final class PoolSnapshotFormat {

	private static final int INSTANT_BYTES = Long.BYTES + Integer.BYTES;

	/**
	 * What a worker with an empty state takes.
	 */
	private static final int WORKER_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES + Short.BYTES
			+ Byte.BYTES + INSTANT_BYTES + Long.BYTES + Integer.BYTES;

	/** What a step without words takes. */
	private static final int STEP_BYTES = INSTANT_BYTES + Short.BYTES;

	/** What a roll-out without words, steps and lines takes. */
	private static final int ROLLOUT_BYTES = Long.BYTES + 2 * Integer.BYTES + 4 * Short.BYTES + INSTANT_BYTES
			+ Byte.BYTES + 2 * Integer.BYTES;

	private PoolSnapshotFormat() {
	}

	static void write(PayloadWriter out, PoolSnapshot pool) {
		writeMaster(out, pool.master());
		out.writeInt(pool.target());
		out.writeInt(pool.ready());
		out.writeList(pool.workers(), PoolSnapshotFormat::writeWorker);
		out.writeMap(pool.exits(), PayloadWriter::writeLong);
		out.writeList(pool.rollouts(), PoolSnapshotFormat::writeRollout);
	}

	static PoolSnapshot read(PayloadReader in) {
		return new PoolSnapshot(readMaster(in), in.readInt(), in.readInt(),
				in.readList(WORKER_BYTES, PoolSnapshotFormat::readWorker),
				in.readMap(Long.BYTES, PayloadReader::readLong),
				in.readList(ROLLOUT_BYTES, PoolSnapshotFormat::readRollout));
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

	private static void writeRollout(PayloadWriter out, RolloutInfo rollout) {
		out.writeLong(rollout.id());
		out.writeInt(rollout.from());
		out.writeInt(rollout.to());
		out.writeString(rollout.code());
		out.writeString(rollout.trigger());
		out.writeString(rollout.state());
		out.writeInstant(rollout.startedAt());
		Instant endedAt = rollout.endedAt();
		out.writeBoolean(endedAt != null);
		if (endedAt != null) {
			out.writeInstant(endedAt);
		}
		out.writeString(rollout.reason());
		out.writeList(rollout.steps(), (list, step) -> {
			list.writeInstant(step.at());
			list.writeString(step.what());
		});
		out.writeList(rollout.log(), PayloadWriter::writeString);
	}

	private static RolloutInfo readRollout(PayloadReader in) {
		return new RolloutInfo(in.readLong(), in.readInt(), in.readInt(), in.readString(), in.readString(),
				in.readString(), in.readInstant(), in.readBoolean() ? in.readInstant() : null, in.readString(),
				in.readList(STEP_BYTES, (list) -> new StepInfo(list.readInstant(), list.readString())),
				in.readList(Short.BYTES, PayloadReader::readString));
	}

}
