package io.unicorn.master.upgrade;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.arbiter.pool.ArbiterState.SavedWorker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.process.WorkerConnection;
import io.unicorn.meters.Family;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.MeterFormat;
import io.unicorn.meters.MeterTable;
import io.unicorn.meters.Series;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads a {@link HandOver} as a file. The file begins with a number that
 * changes with its format; a version of this code that does not know the number refuses
 * the file, and the old master stays.
 */
public final class HandOverFile {

	/** Changes with every change of the format. */
	private static final int MAGIC = 0x554e5505;

	private static final int MOST_ENTRIES = 100_000;

	private HandOverFile() {
	}

	public static void write(HandOver state, Path file) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			write(state, out);
		}
		Files.deleteIfExists(file);
		Files.createFile(file, WorkDir.PRIVATE_FILE);
		Files.write(file, bytes.toByteArray());
	}

	static void write(HandOver state, DataOutputStream out) throws IOException {
		out.writeInt(MAGIC);
		ArbiterState arbiter = state.arbiter();
		writeInstant(out, arbiter.now());
		writeMessage(out, new Message.PoolReply(0, arbiter.pool()));
		out.writeInt(arbiter.lastGeneration());
		out.writeLong(arbiter.lastRollout());
		writeOptional(out, arbiter.requestedRollout());
		out.writeLong(arbiter.lastWorker());
		out.writeLong(arbiter.leader());
		writeMessage(out, new Message.Resigned(arbiter.leadersHandOver()));
		out.writeBoolean(arbiter.complete());
		out.writeInt(arbiter.workers().size());
		for (SavedWorker worker : arbiter.workers()) {
			write(worker, out);
		}
		out.writeInt(state.plans().size());
		for (Map.Entry<Integer, LaunchPlan> plan : state.plans().entrySet()) {
			out.writeInt(plan.getKey());
			LaunchPlanFile.write(plan.getValue(), out);
		}
		LaunchPlanFile.write(state.program(), out);
		out.writeInt(state.sockets().size());
		for (Map.Entry<String, Integer> socket : state.sockets().entrySet()) {
			out.writeUTF(socket.getKey());
			out.writeInt(socket.getValue());
		}
		out.writeInt(state.connections().size());
		for (WorkerConnection connection : state.connections()) {
			out.writeLong(connection.id());
			out.writeInt(connection.pid());
			out.writeInt(connection.descriptor());
			writeBytes(out, connection.received());
			writeBytes(out, connection.unsent());
		}
		writeOptional(out, state.lastGood());
		out.writeUTF(arbiter.secret());
		writeMeters(state.meters(), out);
	}

	private static void writeMeters(List<MeterTable.Saved> meters, DataOutputStream out) throws IOException {
		out.writeInt(meters.size());
		for (MeterTable.Saved worker : meters) {
			out.writeLong(worker.worker());
			out.writeInt(worker.slot());
			List<ByteBuffer> parts = MeterFormat.encode(worker.state());
			out.writeInt(parts.size());
			for (ByteBuffer part : parts) {
				writeBytes(out, part);
			}
		}
	}

	private static void write(SavedWorker worker, DataOutputStream out) throws IOException {
		out.writeLong(worker.id());
		out.writeInt(worker.index());
		out.writeInt(worker.generation());
		out.writeBoolean(worker.replacement());
		out.writeBoolean(worker.exclusive());
		out.writeInt(worker.earlierCrashes());
		writeInstant(out, worker.spawnedAt());
		out.writeInt(worker.pid());
		out.writeUTF(worker.state().name());
		writeInstant(out, worker.readyAt());
		writeMessage(out, worker.load());
		out.writeBoolean(worker.retirement() != null);
		if (worker.retirement() != null) {
			writeMessage(out, worker.retirement());
		}
		writeOptional(out, worker.leaving());
		writeInstant(out, worker.deadline());
		out.writeBoolean(worker.channelLostAt() != null);
		if (worker.channelLostAt() != null) {
			writeInstant(out, worker.channelLostAt());
		}
	}

	/**
	 * Read a state.
	 * @throws IOException if it cannot be read, or is of another version
	 */
	public static HandOver read(Path file) throws IOException {
		try (InputStream stream = Files.newInputStream(file)) {
			return read(stream, file);
		}
	}

	static HandOver read(InputStream stream, Path file) throws IOException {
		try {
			DataInputStream in = new DataInputStream(stream);
			if (in.readInt() != MAGIC) {
				throw new IOException(file + " was left by a master of another version");
			}
			return read(in, file);
		}
		catch (IllegalArgumentException ex) {
			throw new IOException(file + " is damaged: " + ex.getMessage(), ex);
		}
	}

	private static HandOver read(DataInputStream in, Path file) throws IOException {
		Instant now = readInstant(in);
		PoolSnapshot pool = readMessage(in, Message.PoolReply.class).pool();
		int lastGeneration = in.readInt();
		long lastRollout = in.readLong();
		String requestedRollout = readOptional(in);
		long lastWorker = in.readLong();
		long leader = in.readLong();
		Map<String, String> leadersHandOver = readMessage(in, Message.Resigned.class).handOver();
		boolean complete = in.readBoolean();
		List<SavedWorker> workers = new ArrayList<>();
		int workerCount = readCount(in);
		for (int i = 0; i < workerCount; i++) {
			workers.add(readWorker(in));
		}
		Map<Integer, LaunchPlan> plans = new TreeMap<>();
		int planCount = readCount(in);
		for (int i = 0; i < planCount; i++) {
			plans.put(in.readInt(), LaunchPlanFile.read(in, file.toString()));
		}
		LaunchPlan program = LaunchPlanFile.read(in, file.toString());
		Map<String, Integer> sockets = new TreeMap<>();
		int socketCount = readCount(in);
		for (int i = 0; i < socketCount; i++) {
			sockets.put(in.readUTF(), in.readInt());
		}
		List<WorkerConnection> connections = new ArrayList<>();
		int connectionCount = readCount(in);
		for (int i = 0; i < connectionCount; i++) {
			connections
				.add(new WorkerConnection(in.readLong(), in.readInt(), in.readInt(), readBytes(in), readBytes(in)));
		}
		String lastGood = readOptional(in);
		String secret = in.readUTF();
		return new HandOver(
				new ArbiterState(now, pool, lastGeneration, lastRollout, requestedRollout, lastWorker, leader,
						leadersHandOver, complete, workers, secret),
				plans, program, sockets, connections, lastGood, readMeters(in));
	}

	private static List<MeterTable.Saved> readMeters(DataInputStream in) throws IOException {
		List<MeterTable.Saved> meters = new ArrayList<>();
		int workerCount = readCount(in);
		for (int i = 0; i < workerCount; i++) {
			long worker = in.readLong();
			int slot = in.readInt();
			int partCount = readCount(in);
			Map<String, Family> families = new TreeMap<>();
			List<Series> series = new ArrayList<>();
			for (int j = 0; j < partCount; j++) {
				MeterBatch part = MeterFormat.decode(readBytes(in));
				families.putAll(part.families());
				series.addAll(part.series());
			}
			meters.add(new MeterTable.Saved(worker, slot, new MeterBatch(families, series)));
		}
		return meters;
	}

	private static SavedWorker readWorker(DataInputStream in) throws IOException {
		return new SavedWorker(in.readLong(), in.readInt(), in.readInt(), in.readBoolean(), in.readBoolean(),
				in.readInt(), readInstant(in), in.readInt(), WorkerState.valueOf(in.readUTF()), readInstant(in),
				readMessage(in, Message.Heartbeat.class),
				in.readBoolean() ? readMessage(in, Message.Retire.class) : null, readOptional(in), readInstant(in),
				in.readBoolean() ? readInstant(in) : null);
	}

	private static void writeInstant(DataOutputStream out, Instant instant) throws IOException {
		out.writeLong(instant.getEpochSecond());
		out.writeInt(instant.getNano());
	}

	private static Instant readInstant(DataInputStream in) throws IOException {
		try {
			return Instant.ofEpochSecond(in.readLong(), in.readInt());
		}
		catch (DateTimeException | ArithmeticException ex) {
			throw new IOException("the state of the master is damaged", ex);
		}
	}

	private static void writeMessage(DataOutputStream out, Message message) throws IOException {
		writeBytes(out, MessageCodec.encode(message));
	}

	private static <M extends Message> M readMessage(DataInputStream in, Class<M> type) throws IOException {
		try {
			ByteBuffer frame = readBytes(in).position(MessageCodec.LENGTH_BYTES);
			Message message = MessageCodec.decode(frame, Message.class);
			if (type.isInstance(message)) {
				return type.cast(message);
			}
			throw new IOException("the state of the master holds a message of another kind");
		}
		catch (MalformedFrameException ex) {
			throw new IOException("the state of the master is damaged", ex);
		}
	}

	private static void writeBytes(DataOutputStream out, ByteBuffer buffer) throws IOException {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.duplicate().get(bytes);
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	private static ByteBuffer readBytes(DataInputStream in) throws IOException {
		int length = in.readInt();
		byte[] bytes = in.readNBytes(Math.max(0, length));
		if (bytes.length != length) {
			throw new IOException("the state of the master is cut off");
		}
		return ByteBuffer.wrap(bytes);
	}

	private static void writeOptional(DataOutputStream out, @Nullable String text) throws IOException {
		out.writeBoolean(text != null);
		if (text != null) {
			out.writeUTF(text);
		}
	}

	private static @Nullable String readOptional(DataInputStream in) throws IOException {
		return in.readBoolean() ? in.readUTF() : null;
	}

	private static int readCount(DataInputStream in) throws IOException {
		int count = in.readInt();
		if (count < 0 || count > MOST_ENTRIES) {
			throw new IOException("the state of the master is damaged");
		}
		return count;
	}

}
