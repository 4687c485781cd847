package io.unicorn.ipc;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Defines the layout of one kind of message in a frame. Writer and reader stand side by
 * side, because they must name the same fields in the same order.
 * <p>
 * Other versions of this code rely on the layout. Never use a code again for another
 * message; add fields only at the end of a message, and none to the entries of a list.
 *
 * @param <M> the kind of message
 * @param code the type in the frame: from 1 for workers, from 65 for the master
 * @param type the class of the message
 * @param writer writes the fields
 * @param reader reads the fields
 */
record MessageFormat<M extends Message>(int code, Class<M> type, BiConsumer<PayloadWriter, M> writer,
		Function<PayloadReader, M> reader) {

	/** The first code of a message of the master. */
	private static final int MASTER = 65;

	/** Room for numbers, also for those that later versions add. */
	private static final int NUMBERS_BYTES = 1024;

	/** The messages of a worker that hold numbers alone. */
	private static final Set<Class<? extends Message>> NUMBERS = Set.of(Message.Started.class, Message.Ready.class,
			Message.Heartbeat.class, Message.Drained.class, Message.PoolQuery.class, Message.Exiting.class,
			Message.Terminated.class, Message.MetersQuery.class, Message.CallNext.class);

	/** Room for one long text. */
	private static final int TEXT_BYTES = 2 * MessageCodec.MAX_STRING_BYTES;

	/** Room for what a worker has printed, in any encoding. */
	private static final int OUTPUT_BYTES = 256 * 1024;

	/** Room for an operation or for a part of its answer. */
	private static final int CALL_BYTES = Math.max(Message.Call.MAX_BYTES, Message.CallAnswer.MAX_PART_BYTES)
			+ NUMBERS_BYTES;

	static final List<MessageFormat<?>> ALL = List.of(

			new MessageFormat<>(1, Message.Hello.class, (out, hello) -> {
				out.writeInt(hello.protocol());
				out.writeMap(hello.configuration(), PayloadWriter::writeString);
			}, (in) -> new Message.Hello(in.readInt(), in.readMap(Short.BYTES, PayloadReader::readString))),

			new MessageFormat<>(2, Message.Ready.class, (out, ready) -> {
			}, (in) -> new Message.Ready()),

			new MessageFormat<>(3, Message.Heartbeat.class, (out, heartbeat) -> {
				out.writeLong(heartbeat.requests());
				out.writeInt(heartbeat.inFlight());
				out.writeLong(heartbeat.oldestRequestMillis());
				out.writeInt(heartbeat.connections());
				out.writeLong(heartbeat.heapUsedBytes());
				out.writeLong(heartbeat.errors());
				out.writeLong(heartbeat.heapMaxBytes());
			}, (in) -> new Message.Heartbeat(in.readLong(), in.readInt(), in.readLong(), in.readInt(), in.readLong(),
					in.readLong(), in.readLongOr(0))),

			new MessageFormat<>(4, Message.Retire.class, (out, retire) -> {
				out.writeString(retire.reason());
				out.writeString(retire.detail());
			}, (in) -> new Message.Retire(in.readString(), in.readString())),

			new MessageFormat<>(5, Message.Drained.class, (out, drained) -> out.writeInt(drained.connectionsLeft()),
					(in) -> new Message.Drained(in.readInt())),

			new MessageFormat<>(6, Message.PoolQuery.class, (out, query) -> {
				out.writeLong(query.query());
				if (!query.history()) {
					out.writeBoolean(false);
				}
			}, (in) -> new Message.PoolQuery(in.readLong(), in.readBooleanOr(true))),

			new MessageFormat<>(7, Message.Health.class, (out, health) -> {
				out.writeBoolean(health.up());
				out.writeString(health.detail());
			}, (in) -> new Message.Health(in.readBoolean(), in.readString())),

			new MessageFormat<>(8, Message.BootLog.class,
					(out, log) -> out.writeList(log.lines(), PayloadWriter::writeString),
					(in) -> new Message.BootLog(in.readList(Short.BYTES, PayloadReader::readString))),

			new MessageFormat<>(9, Message.RolloutRequest.class, (out, request) -> {
				out.writeLong(request.query());
				out.writeString(request.trigger());
			}, (in) -> new Message.RolloutRequest(in.readLong(), in.readString())),

			new MessageFormat<>(11, Message.Started.class, (out, started) -> {
			}, (in) -> new Message.Started()),

			new MessageFormat<>(20, Message.MainMethod.class, (out, main) -> out.writeString(main.waitsAt()),
					(in) -> new Message.MainMethod(in.readString())),

			new MessageFormat<>(21, Message.Exiting.class, (out, exiting) -> {
				out.writeLong(exiting.query());
				out.writeBoolean(exiting.called());
			}, (in) -> new Message.Exiting(in.readLong(), in.readBoolean())),

			new MessageFormat<>(23, Message.NoPool.class, (out, message) -> out.writeString(message.obstacle()),
					(in) -> new Message.NoPool(in.readString())),

			new MessageFormat<>(22, Message.Terminated.class, (out, terminated) -> out.writeLong(terminated.query()),
					(in) -> new Message.Terminated(in.readLong())),

			new MessageFormat<>(24, Message.Resigned.class,
					(out, resigned) -> out.writeMap(resigned.handOver(), PayloadWriter::writeString),
					(in) -> new Message.Resigned(in.readMap(Short.BYTES, PayloadReader::readString))),

			new MessageFormat<>(12, Message.Booting.class, (out, booting) -> {
				out.writeString(booting.initializing());
				out.writeList(booting.stack(), PayloadWriter::writeString);
			}, (in) -> new Message.Booting(in.readString(), in.readList(Short.BYTES, PayloadReader::readString))),

			new MessageFormat<>(30, Message.ScaleRequest.class, (out, request) -> {
				out.writeLong(request.query());
				out.writeInt(request.workers());
				out.writeString(request.trigger());
			}, (in) -> new Message.ScaleRequest(in.readLong(), in.readInt(), in.readString())),

			new MessageFormat<>(31, Message.RetireRequest.class, (out, request) -> {
				out.writeLong(request.query());
				out.writeInt(request.index());
				out.writeString(request.trigger());
			}, (in) -> new Message.RetireRequest(in.readLong(), in.readInt(), in.readString())),

			new MessageFormat<>(32, Message.DumpRequest.class, (out, request) -> {
				out.writeLong(request.query());
				out.writeInt(request.index());
				out.writeString(request.trigger());
			}, (in) -> new Message.DumpRequest(in.readLong(), in.readInt(), in.readString())),

			new MessageFormat<>(33, Message.StopRequest.class, (out, request) -> {
				out.writeLong(request.query());
				out.writeString(request.trigger());
			}, (in) -> new Message.StopRequest(in.readLong(), in.readString())),

			new MessageFormat<>(34, Message.UpgradeRequest.class, (out, request) -> {
				out.writeLong(request.query());
				out.writeString(request.trigger());
			}, (in) -> new Message.UpgradeRequest(in.readLong(), in.readString())),

			new MessageFormat<>(37, Message.LogLevelRequest.class, (out, request) -> {
				out.writeLong(request.query());
				out.writeString(request.logger());
				out.writeString(request.level());
				out.writeString(request.trigger());
			}, (in) -> new Message.LogLevelRequest(in.readLong(), in.readString(), in.readString(), in.readString())),

			new MessageFormat<>(35, Message.Meters.class, (out, meters) -> {
				out.writeLong(meters.query());
				out.writeInt(meters.collection());
				out.writeBytes(meters.part());
			}, (in) -> new Message.Meters(in.readLong(), in.readInt(), in.readBytes())),

			new MessageFormat<>(36, Message.MetersQuery.class, (out, query) -> {
				out.writeLong(query.query());
				out.writeInt(query.collection());
				out.writeInt(query.part());
			}, (in) -> new Message.MetersQuery(in.readLong(), in.readInt(), in.readInt())),

			new MessageFormat<>(40, Message.Call.class, (out, call) -> {
				out.writeLong(call.query());
				out.writeInt(call.index());
				out.writeLong(call.timeoutMillis());
				out.writeBytes(call.operation());
			}, (in) -> new Message.Call(in.readLong(), in.readInt(), in.readLong(), in.readBytes())),

			new MessageFormat<>(41, Message.CallAnswer.class, (out, answer) -> {
				out.writeLong(answer.call());
				out.writeInt(answer.totalBytes());
				out.writeInt(answer.offset());
				out.writeBytes(answer.part());
			}, (in) -> new Message.CallAnswer(in.readLong(), in.readInt(), in.readInt(), in.readBytes())),

			new MessageFormat<>(42, Message.CallNext.class, (out, next) -> {
				out.writeLong(next.query());
				out.writeInt(next.offset());
			}, (in) -> new Message.CallNext(in.readLong(), in.readInt())),

			new MessageFormat<>(95, Message.Perform.class, (out, perform) -> {
				out.writeLong(perform.call());
				out.writeBytes(perform.operation());
			}, (in) -> new Message.Perform(in.readLong(), in.readBytes())),

			new MessageFormat<>(96, Message.Continue.class, (out, next) -> {
				out.writeLong(next.call());
				out.writeInt(next.offset());
			}, (in) -> new Message.Continue(in.readLong(), in.readInt())),

			new MessageFormat<>(97, Message.CallResult.class, (out, result) -> {
				out.writeLong(result.query());
				out.writeInt(result.index());
				out.writeByte(result.outcome().code());
				out.writeInt(result.left());
				out.writeInt(result.totalBytes());
				out.writeInt(result.offset());
				out.writeBytes(result.part());
			}, (in) -> new Message.CallResult(in.readLong(), in.readInt(), CallOutcome.of(in.readUnsignedByte()),
					in.readInt(), in.readInt(), in.readInt(), in.readBytes())),

			new MessageFormat<>(65, Message.Welcome.class, (out, welcome) -> {
				out.writeInt(welcome.index());
				out.writeLong(welcome.id());
				out.writeInt(welcome.generation());
				out.writeLong(welcome.gracefulTimeoutMillis());
				out.writeBoolean(welcome.awaitsReadiness());
				out.writeLong(welcome.observedMillis());
				out.writeLong(welcome.silenceMillis());
				out.writeByte(welcome.initialization().code());
				out.writeString(welcome.secret());
			}, (in) -> new Message.Welcome(in.readInt(), in.readLong(), in.readInt(), in.readLong(), in.readBoolean(),
					in.readLong(), in.readLongOr(0),
					Initialization.of(in.readUnsignedByteOr(Initialization.EVERYTHING.code())), in.readStringOr(""))),

			new MessageFormat<>(66, Message.Drain.class, (out, drain) -> out.writeLong(drain.timeoutMillis()),
					(in) -> new Message.Drain(in.readLong())),

			new MessageFormat<>(67, Message.Stop.class, (out, stop) -> {
			}, (in) -> new Message.Stop()),

			new MessageFormat<>(68, Message.Leader.class, (out, leader) -> {
				out.writeBoolean(leader.leader());
				out.writeBoolean(leader.first());
				out.writeMap(leader.handOver(), PayloadWriter::writeString);
			}, (in) -> new Message.Leader(in.readBoolean(), in.readBooleanOr(false),
					in.readMapOr(Map.of(), Short.BYTES, PayloadReader::readString))),

			new MessageFormat<>(69, Message.PoolReply.class, (out, reply) -> {
				out.writeLong(reply.query());
				PoolSnapshotFormat.write(out, reply.pool());
			}, (in) -> new Message.PoolReply(in.readLong(), PoolSnapshotFormat.read(in))),

			new MessageFormat<>(70, Message.StopAccepting.class, (out, message) -> {
			}, (in) -> new Message.StopAccepting()),

			new MessageFormat<>(71, Message.RefuseTraffic.class, (out, message) -> {
			}, (in) -> new Message.RefuseTraffic()),

			new MessageFormat<>(74, Message.SetLogLevel.class, (out, order) -> {
				out.writeString(order.logger());
				out.writeString(order.level());
			}, (in) -> new Message.SetLogLevel(in.readString(), in.readString())),

			new MessageFormat<>(72, Message.EndConnections.class, (out, message) -> {
			}, (in) -> new Message.EndConnections()),

			new MessageFormat<>(73, Message.RolloutReply.class, (out, reply) -> {
				out.writeLong(reply.query());
				out.writeLong(reply.rollout());
			}, (in) -> new Message.RolloutReply(in.readLong(), in.readLong())),

			new MessageFormat<>(85, Message.RequestReply.class, (out, reply) -> {
				out.writeLong(reply.query());
				out.writeByte(reply.result().code());
				out.writeString(reply.text());
			}, (in) -> new Message.RequestReply(in.readLong(), Message.Result.of(in.readUnsignedByte()),
					in.readString())),

			new MessageFormat<>(90, Message.CollectMeters.class, (out, collect) -> out.writeInt(collect.collection()),
					(in) -> new Message.CollectMeters(in.readInt())),

			new MessageFormat<>(91, Message.MetersReply.class, (out, reply) -> {
				out.writeLong(reply.query());
				out.writeInt(reply.collection());
				out.writeInt(reply.parts());
				out.writeList(reply.missing(), PayloadWriter::writeInt);
				out.writeBytes(reply.part());
			}, (in) -> new Message.MetersReply(in.readLong(), in.readInt(), in.readInt(),
					in.readList(Integer.BYTES, PayloadReader::readInt), in.readBytes())),

			new MessageFormat<>(80, Message.Noted.class, (out, reply) -> out.writeLong(reply.query()),
					(in) -> new Message.Noted(in.readLong())));

	private static final Map<Integer, MessageFormat<?>> BY_CODE = ALL.stream()
		.collect(Collectors.toUnmodifiableMap(MessageFormat::code, Function.identity()));

	private static final Map<Class<?>, MessageFormat<?>> BY_TYPE = ALL.stream()
		.collect(Collectors.toUnmodifiableMap(MessageFormat::type, Function.identity()));

	/**
	 * Return the most bytes of a frame whose type has this code, and which this version
	 * may not know. A worker is not trusted to be small.
	 */
	static int maxBytes(int code) {
		MessageFormat<?> format = BY_CODE.get(code);
		if (format == null) {
			return (code < MASTER) ? TEXT_BYTES : MessageCodec.MAX_FRAME_BYTES;
		}
		Class<?> type = format.type();
		if (Message.FromMaster.class.isAssignableFrom(type)) {
			return MessageCodec.MAX_FRAME_BYTES;
		}
		if (type == Message.BootLog.class) {
			return OUTPUT_BYTES;
		}
		if (type == Message.Call.class || type == Message.CallAnswer.class) {
			return CALL_BYTES;
		}
		return NUMBERS.contains(type) ? NUMBERS_BYTES : TEXT_BYTES;
	}

	/**
	 * Return the format with this code, or {@code null} if this version does not know it.
	 */
	static @Nullable MessageFormat<?> ofCode(int code) {
		return BY_CODE.get(code);
	}

	static MessageFormat<?> of(Message message) {
		MessageFormat<?> format = BY_TYPE.get(message.getClass());
		if (format == null) {
			throw new IllegalStateException("no format for " + message.getClass());
		}
		return format;
	}

	void write(PayloadWriter out, Message message) {
		this.writer.accept(out, this.type.cast(message));
	}

	M read(PayloadReader in) {
		return this.reader.apply(in);
	}

}
