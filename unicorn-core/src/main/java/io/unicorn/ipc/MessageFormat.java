package io.unicorn.ipc;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * How one kind of message is laid out in a frame. Writer and reader stand side by side,
 * because they must name the same fields in the same order.
 * <p>
 * The layout is a contract with other versions of this code: a reload may bring workers
 * that are newer than their master. A code is never used again for something else, and a
 * message grows only at its end. What is inside a list cannot grow.
 *
 * @param <M> the kind of message
 * @param code the type in the frame: from 1 for workers, from 65 for the master
 * @param type the class of the message
 * @param writer writes the fields
 * @param reader reads the fields
 */
record MessageFormat<M extends Message>(int code, Class<M> type, BiConsumer<PayloadWriter, M> writer,
		Function<PayloadReader, M> reader) {

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
			}, (in) -> new Message.Heartbeat(in.readLong(), in.readInt(), in.readLong(), in.readInt(), in.readLong(),
					in.readLong())),

			new MessageFormat<>(4, Message.Retire.class, (out, retire) -> {
				out.writeString(retire.reason());
				out.writeString(retire.detail());
			}, (in) -> new Message.Retire(in.readString(), in.readString())),

			new MessageFormat<>(5, Message.Drained.class, (out, drained) -> out.writeInt(drained.connectionsLeft()),
					(in) -> new Message.Drained(in.readInt())),

			new MessageFormat<>(6, Message.PoolQuery.class, (out, query) -> out.writeLong(query.query()),
					(in) -> new Message.PoolQuery(in.readLong())),

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

			new MessageFormat<>(10, Message.Configuration.class,
					(out, configuration) -> out.writeString(configuration.digest()),
					(in) -> new Message.Configuration(in.readString())),

			new MessageFormat<>(11, Message.Started.class, (out, started) -> {
			}, (in) -> new Message.Started()),

			new MessageFormat<>(65, Message.Welcome.class, (out, welcome) -> {
				out.writeInt(welcome.index());
				out.writeLong(welcome.id());
				out.writeInt(welcome.generation());
				out.writeLong(welcome.gracefulTimeoutMillis());
				out.writeBoolean(welcome.probation());
				out.writeLong(welcome.observedMillis());
				out.writeLong(welcome.silenceMillis());
			}, (in) -> new Message.Welcome(in.readInt(), in.readLong(), in.readInt(), in.readLong(), in.readBoolean(),
					in.readLong(), in.readLongOr(0))),

			new MessageFormat<>(66, Message.Drain.class, (out, drain) -> out.writeLong(drain.timeoutMillis()),
					(in) -> new Message.Drain(in.readLong())),

			new MessageFormat<>(67, Message.Stop.class, (out, stop) -> {
			}, (in) -> new Message.Stop()),

			new MessageFormat<>(68, Message.Leader.class, (out, leader) -> out.writeBoolean(leader.leader()),
					(in) -> new Message.Leader(in.readBoolean())),

			new MessageFormat<>(69, Message.PoolReply.class, (out, reply) -> {
				out.writeLong(reply.query());
				PoolSnapshotFormat.write(out, reply.pool());
			}, (in) -> new Message.PoolReply(in.readLong(), PoolSnapshotFormat.read(in))),

			new MessageFormat<>(70, Message.StopAccepting.class, (out, order) -> {
			}, (in) -> new Message.StopAccepting()),

			new MessageFormat<>(71, Message.RefuseTraffic.class, (out, order) -> {
			}, (in) -> new Message.RefuseTraffic()),

			new MessageFormat<>(72, Message.EndConnections.class, (out, order) -> {
			}, (in) -> new Message.EndConnections()),

			new MessageFormat<>(73, Message.RolloutReply.class, (out, reply) -> {
				out.writeLong(reply.query());
				out.writeLong(reply.rollout());
			}, (in) -> new Message.RolloutReply(in.readLong(), in.readLong())),

			new MessageFormat<>(74, Message.TellConfiguration.class, (out, question) -> {
			}, (in) -> new Message.TellConfiguration()));

	private static final Map<Integer, MessageFormat<?>> BY_CODE = ALL.stream()
		.collect(Collectors.toUnmodifiableMap(MessageFormat::code, Function.identity()));

	private static final Map<Class<?>, MessageFormat<?>> BY_TYPE = ALL.stream()
		.collect(Collectors.toUnmodifiableMap(MessageFormat::type, Function.identity()));

	/**
	 * Return the format with this code, or null if this version does not know it.
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
