package io.unicorn.ipc;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A message of the control protocol between a master and a worker. All are immutable.
 * Counts, sizes and durations are 0 or more. A constructor throws
 * {@link IllegalArgumentException}, which names the component, for a number out of range,
 * and {@link NullPointerException} for a collection that is {@code null} or contains
 * {@code null}.
 *
 * @see MessageCodec
 */
public sealed interface Message {

	/** The version of the protocol that this code implements. */
	int PROTOCOL_VERSION = 1;

	/**
	 * A message that a worker sends to its master.
	 */
	sealed interface FromWorker extends Message {

	}

	/**
	 * A message about meters, which is none of the arbiter's business.
	 */
	sealed interface OfMeters extends FromWorker {

	}

	/**
	 * A message that the master sends to a worker.
	 */
	sealed interface FromMaster extends Message {

	}

	/**
	 * A message that the master answers with a {@link Reply}. A worker may send it, or a
	 * command of the operator.
	 */
	sealed interface Question extends Message {

		/**
		 * Return the number that the reply repeats.
		 * @return any number, chosen by the sender
		 */
		long query();

	}

	/**
	 * A question that asks for a change of the pool.
	 */
	sealed interface Request extends FromWorker, Question {

		/**
		 * Return who asks.
		 * @return the person or program, as a phrase for the log
		 */
		String trigger();

		/**
		 * Return this request with another trigger.
		 * @param trigger the person or program that asks, as a phrase for the log
		 * @return the request
		 */
		Request by(String trigger);

	}

	/**
	 * The master's answer to a {@link Question} or to another message with a number.
	 */
	sealed interface Reply extends FromMaster {

		/**
		 * Return the number of the question.
		 * @return the number
		 */
		long query();

	}

	/**
	 * The first message of a worker, sent when it has read its configuration.
	 *
	 * @param protocol the {@link #PROTOCOL_VERSION} of the worker, from 1
	 * @param configuration the settings of the pool as this worker resolved them, by
	 * property name
	 */
	record Hello(int protocol, Map<String, String> configuration) implements FromWorker {

		public Hello {
			Require.atLeast(1, "protocol", protocol);
			configuration = Map.copyOf(configuration);
		}

	}

	/**
	 * What a worker does while it boots. Sent when that changes, until the worker accepts
	 * connections.
	 *
	 * @param initializing what it initializes of that which all workers share, as a
	 * phrase for the log; empty if it initializes nothing now
	 * @param stack where its main thread is, the innermost call first
	 */
	record Booting(String initializing, List<String> stack) implements FromWorker {

		public Booting {
			stack = List.copyOf(stack);
		}

	}

	/**
	 * The application has started. The readiness check and the warm-up may follow before
	 * the worker accepts connections.
	 */
	record Started() implements FromWorker {

	}

	/**
	 * The worker accepts connections from now on.
	 */
	record Ready() implements FromWorker {

	}

	/**
	 * The figures of a worker, which also show that it is alive. Sent at a fixed interval
	 * while they change, otherwise at least as often as {@link Welcome#silenceMillis}
	 * says.
	 *
	 * @param requests requests answered since the worker started
	 * @param inFlight requests being served now
	 * @param oldestRequestMillis age of the oldest request being served, in milliseconds,
	 * 0 if there is none
	 * @param connections open client connections
	 * @param heapUsedBytes used part of the Java heap, in bytes
	 * @param errors requests answered with a status of 500 or above since the worker
	 * started
	 * @param heapMaxBytes the size to which the Java heap may grow, in bytes; 0 if the
	 * worker does not say
	 */
	record Heartbeat(long requests, int inFlight, long oldestRequestMillis, int connections, long heapUsedBytes,
			long errors, long heapMaxBytes) implements FromWorker {

		/**
		 * Create the figures of a worker that does not say how large its heap may be.
		 */
		public Heartbeat(long requests, int inFlight, long oldestRequestMillis, int connections, long heapUsedBytes,
				long errors) {
			this(requests, inFlight, oldestRequestMillis, connections, heapUsedBytes, errors, 0);
		}

		public Heartbeat {
			Require.atLeast(0, "requests", requests);
			Require.atLeast(0, "inFlight", inFlight);
			Require.atLeast(0, "oldestRequestMillis", oldestRequestMillis);
			Require.atLeast(0, "connections", connections);
			Require.atLeast(0, "heapUsedBytes", heapUsedBytes);
			Require.atLeast(0, "errors", errors);
			Require.atLeast(0, "heapMaxBytes", heapMaxBytes);
		}

	}

	/**
	 * The worker asks to be replaced. It serves until it gets a {@link Drain}.
	 *
	 * @param reason a word for statistics, such as {@code max-requests}
	 * @param detail a phrase for the log, such as {@code served 1000 requests}
	 */
	record Retire(String reason, String detail) implements FromWorker {

	}

	/**
	 * The worker has stopped accepting and has no connection left, or the time for its
	 * drain is over; it exits next.
	 *
	 * @param connectionsLeft connections that are still open
	 */
	record Drained(int connectionsLeft) implements FromWorker {

		public Drained {
			Require.atLeast(0, "connectionsLeft", connectionsLeft);
		}

	}

	/**
	 * Asks for the state of the pool.
	 *
	 * @param query any number, chosen by the sender and repeated in the {@link PoolReply}
	 * @param history whether the reply is to contain all roll-outs that the master
	 * remembers; otherwise it is a {@linkplain PoolSnapshot#summary summary}, unless the
	 * master is too old to know the difference
	 */
	record PoolQuery(long query, boolean history) implements FromWorker, Question {

		/**
		 * Create a query for everything.
		 * @param query any number
		 */
		public PoolQuery(long query) {
			this(query, true);
		}

	}

	/**
	 * The result of the application's readiness check. Sent repeatedly by a worker that
	 * awaits its readiness, from its start until it has been ready for
	 * {@link Welcome#observedMillis}.
	 *
	 * @param up whether the application is ready for requests
	 * @param detail the reason if it is not, as a phrase for the log
	 */
	record Health(boolean up, String detail) implements FromWorker {

	}

	/**
	 * The end of a worker's output, sent when the worker exits before it was ready.
	 *
	 * @param lines the last lines, oldest first
	 */
	record BootLog(List<String> lines) implements FromWorker {

		public BootLog {
			lines = List.copyOf(lines);
		}

	}

	/**
	 * Asks for a roll-out.
	 *
	 * @param query any number, chosen by the sender and repeated in the
	 * {@link RolloutReply}
	 * @param trigger the person or program that asks, as a phrase for the log
	 */
	record RolloutRequest(long query, String trigger) implements Request {

		@Override
		public RolloutRequest by(String other) {
			return new RolloutRequest(this.query, other);
		}

	}

	/**
	 * Asks for another number of workers. A number out of range is answered, not
	 * malformed.
	 *
	 * @param query any number, chosen by the sender and repeated in the
	 * {@link RequestReply}
	 * @param workers the number of workers wanted
	 * @param trigger the person or program that asks, as a phrase for the log
	 */
	record ScaleRequest(long query, int workers, String trigger) implements Request {

		@Override
		public ScaleRequest by(String other) {
			return new ScaleRequest(this.query, this.workers, other);
		}

	}

	/**
	 * Asks for the replacement of a worker.
	 *
	 * @param query any number, chosen by the sender and repeated in the
	 * {@link RequestReply}
	 * @param index the slot of the worker
	 * @param trigger the person or program that asks, as a phrase for the log
	 */
	record RetireRequest(long query, int index, String trigger) implements Request {

		@Override
		public RetireRequest by(String other) {
			return new RetireRequest(this.query, this.index, other);
		}

	}

	/**
	 * Asks for a thread dump of a worker.
	 *
	 * @param query any number, chosen by the sender and repeated in the
	 * {@link RequestReply}
	 * @param index the slot of the worker
	 * @param trigger the person or program that asks, as a phrase for the log
	 */
	record DumpRequest(long query, int index, String trigger) implements Request {

		@Override
		public DumpRequest by(String other) {
			return new DumpRequest(this.query, this.index, other);
		}

	}

	/**
	 * Asks for another log level in all workers that serve. A level that does not exist
	 * is answered, not malformed.
	 *
	 * @param query any number, chosen by the sender and repeated in the
	 * {@link RequestReply}
	 * @param logger the name of the logger
	 * @param level a level of Spring Boot such as {@code DEBUG}, or {@link #INHERITED}
	 * @param trigger the person or program that asks, as a phrase for the log
	 */
	record LogLevelRequest(long query, String logger, String level, String trigger) implements Request {

		/** Stands for the level of the logger above. */
		public static final String INHERITED = "INHERITED";

		/** The levels. */
		public static final Set<String> LEVELS = Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF", INHERITED);

		@Override
		public LogLevelRequest by(String other) {
			return new LogLevelRequest(this.query, this.logger, this.level, other);
		}

	}

	/**
	 * Asks for a graceful stop of the pool. The master refuses it to workers.
	 *
	 * @param query any number, chosen by the sender and repeated in the
	 * {@link RequestReply}
	 * @param trigger the person or program that asks, as a phrase for the log
	 */
	record StopRequest(long query, String trigger) implements Request {

		@Override
		public StopRequest by(String other) {
			return new StopRequest(this.query, other);
		}

	}

	/**
	 * Asks for the replacement of the master. The master refuses it to workers.
	 *
	 * @param query any number, chosen by the sender and repeated in the
	 * {@link RequestReply}
	 * @param trigger the person or program that asks, as a phrase for the log
	 */
	record UpgradeRequest(long query, String trigger) implements Request {

		@Override
		public UpgradeRequest by(String other) {
			return new UpgradeRequest(this.query, other);
		}

	}

	/**
	 * The application's main method has returned, or waits. The master starts the other
	 * workers of a start when the first one has sent this.
	 *
	 * @param waitsAt where it waits without a time limit, as a phrase for the log; empty
	 * if it has returned
	 */
	record MainMethod(String waitsAt) implements FromWorker {

	}

	/**
	 * The application ends this process, which the master has not ordered. The worker
	 * goes on to end when it has the reply.
	 *
	 * @param query any number, chosen by the sender and repeated in {@link Noted}
	 * @param called whether {@code System.exit} was called; otherwise all threads of the
	 * application have ended
	 */
	record Exiting(long query, boolean called) implements FromWorker {

	}

	/**
	 * The application cannot run as a pool, which only its context has shown. The worker
	 * ends after this; the first one of a start is told so, and no other one may be
	 * ready.
	 *
	 * @param obstacle why, as a clause for the log
	 */
	record NoPool(String obstacle) implements FromWorker {

	}

	/**
	 * A signal that the master has not sent tells this process to end. The worker serves
	 * on until the master tells it to leave, if it gets a reply.
	 *
	 * @param query any number, chosen by the sender and repeated in {@link Noted}
	 */
	record Terminated(long query) implements FromWorker {

	}

	/**
	 * The worker was the leader, has been told that it is no longer, and has ended what
	 * only the leader does. The master may appoint the next leader.
	 *
	 * @param handOver what the next leader has to know, of no meaning to the master; at
	 * most {@value #MAX_CHARACTERS} characters
	 */
	record Resigned(Map<String, String> handOver) implements FromWorker {

		/** The most characters of all keys and values. */
		public static final int MAX_CHARACTERS = 32 * 1024;

		public Resigned {
			handOver = Map.copyOf(handOver);
			int characters = handOver.entrySet()
				.stream()
				.mapToInt((entry) -> entry.getKey().length() + entry.getValue().length())
				.sum();
			if (characters > MAX_CHARACTERS) {
				throw new IllegalArgumentException(
						"handOver must be at most " + MAX_CHARACTERS + " characters but is " + characters);
			}
		}

	}

	/**
	 * What has changed of the meters of a worker since it has told last.
	 *
	 * @param query a number that {@link Noted} repeats when the master has it; 0 for no
	 * reply
	 * @param collection the number of the {@link CollectMeters} that is answered by this
	 * message and those before it; 0 if the worker sends it of its own accord, or if more
	 * follow
	 * @param part the changes, of no meaning to this package
	 */
	record Meters(long query, int collection, Blob part) implements OfMeters {

	}

	/**
	 * Asks for the meters of the pool. Answered by {@link MetersReply}.
	 *
	 * @param query any number, chosen by the sender and repeated in the reply
	 * @param collection 0 to have all workers asked; the number from the reply to get
	 * more of it
	 * @param part the number of the part that is wanted, from 0
	 */
	record MetersQuery(long query, int collection, int part) implements OfMeters {

		public MetersQuery {
			Require.atLeast(0, "collection", collection);
			Require.atLeast(0, "part", part);
		}

	}

	/**
	 * The first message to a worker: its identity, and what the master expects of it.
	 *
	 * @param index its slot, from 0; taken over by its successor
	 * @param id its number among all workers that this master has started, from 1
	 * @param generation number of the generation whose code it runs, from 1
	 * @param gracefulTimeoutMillis time for drain and exit when the connection to the
	 * master ends, in milliseconds
	 * @param awaitsReadiness whether the application's readiness check must pass before
	 * the worker accepts connections
	 * @param observedMillis how long the worker continues to send {@link Health} when it
	 * accepts connections, in milliseconds; without meaning if it does not await its
	 * readiness
	 * @param silenceMillis the longest time between two heartbeats when no figure
	 * changes, in milliseconds; 0 if the master wants one at each interval
	 * @param initialization what the worker initializes of that which all workers share
	 * @param secret a secret that all workers of the pool have, in Base64; empty if the
	 * master has none
	 */
	record Welcome(int index, long id, int generation, long gracefulTimeoutMillis, boolean awaitsReadiness,
			long observedMillis, long silenceMillis, Initialization initialization,
			String secret) implements FromMaster {

		public Welcome {
			Require.atLeast(0, "index", index);
			Require.atLeast(1, "id", id);
			Require.atLeast(1, "generation", generation);
			Require.atLeast(0, "gracefulTimeoutMillis", gracefulTimeoutMillis);
			Require.atLeast(0, "observedMillis", observedMillis);
			Require.atLeast(0, "silenceMillis", silenceMillis);
		}

		/**
		 * Create the message of a master that does not decide on the initialization.
		 * @param index its slot
		 * @param id its number
		 * @param generation number of its generation
		 * @param gracefulTimeoutMillis time for drain and exit, in milliseconds
		 * @param awaitsReadiness whether it awaits its readiness
		 * @param observedMillis how long it sends {@link Health}, in milliseconds
		 * @param silenceMillis the longest time between two heartbeats, in milliseconds
		 */
		public Welcome(int index, long id, int generation, long gracefulTimeoutMillis, boolean awaitsReadiness,
				long observedMillis, long silenceMillis) {
			this(index, id, generation, gracefulTimeoutMillis, awaitsReadiness, observedMillis, silenceMillis,
					Initialization.EVERYTHING, "");
		}

		/** Does not contain the secret. */
		@Override
		public String toString() {
			return "Welcome[index=" + this.index + ", id=" + this.id + ", generation=" + this.generation
					+ ", initialization=" + this.initialization + "]";
		}

	}

	/**
	 * Tells the worker to stop accepting, finish what it has accepted, and exit.
	 *
	 * @param timeoutMillis how long to wait for connections at most, in milliseconds
	 */
	record Drain(long timeoutMillis) implements FromMaster {

		public Drain {
			Require.atLeast(0, "timeoutMillis", timeoutMillis);
		}

	}

	/**
	 * Tells the worker to stop accepting and to serve what it has accepted. It does not
	 * exit.
	 */
	record StopAccepting() implements FromMaster {

	}

	/**
	 * Tells the worker to change the level of a logger.
	 *
	 * @param logger the name of the logger
	 * @param level one of {@link LogLevelRequest#LEVELS}
	 */
	record SetLogLevel(String logger, String level) implements FromMaster {

	}

	/**
	 * Tells the worker to report through the application's readiness that it refuses
	 * traffic, and to serve on.
	 */
	record RefuseTraffic() implements FromMaster {

	}

	/**
	 * Tells the worker to end each connection with its next response, and to accept
	 * further ones.
	 */
	record EndConnections() implements FromMaster {

	}

	/**
	 * Tells the worker to exit without waiting for connections.
	 */
	record Stop() implements FromMaster {

	}

	/**
	 * Tells the worker whether it is the leader of the pool from now on. A worker that is
	 * the leader no longer answers with {@link Resigned}.
	 *
	 * @param leader whether it is
	 * @param first whether it is the first leader of the pool
	 * @param handOver what the leader before has left for this one in {@link Resigned};
	 * empty if that has not resigned, but exited
	 */
	record Leader(boolean leader, boolean first, Map<String, String> handOver) implements FromMaster {

		public Leader {
			handOver = Map.copyOf(handOver);
		}

		/**
		 * Create the message of a master that hands nothing over.
		 * @param leader whether the worker is the leader
		 */
		public Leader(boolean leader) {
			this(leader, false, Map.of());
		}

	}

	/**
	 * The reply to a {@link RolloutRequest}.
	 *
	 * @param query the number from the request
	 * @param rollout number of the roll-out, from 1, which may have to wait for another
	 * to end; 0 if there will be none, because the pool stops
	 */
	record RolloutReply(long query, long rollout) implements Reply {

		public RolloutReply {
			Require.atLeast(0, "rollout", rollout);
		}

	}

	/**
	 * What has become of a {@link Request}.
	 */
	enum Result {

		/** It is done, or begun. */
		DONE(0),

		/** It asks for what there cannot be. */
		WRONG(1),

		/** Whoever asked may not, or the pool stops. */
		REFUSED(2);

		private final int code;

		Result(int code) {
			this.code = code;
		}

		int code() {
			return this.code;
		}

		/** A result that only a later version knows is no success. */
		static Result of(int code) {
			return (code == DONE.code) ? DONE : (code == WRONG.code) ? WRONG : REFUSED;
		}

	}

	/**
	 * The reply to a {@link Request} other than a {@link RolloutRequest}.
	 *
	 * @param query the number from the request
	 * @param result what has become of it
	 * @param text what happens now, or why not, as a phrase for the one who has asked
	 */
	record RequestReply(long query, Result result, String text) implements Reply {

	}

	/**
	 * The reply to {@link Exiting} and {@link Terminated}.
	 *
	 * @param query the number from that message
	 */
	record Noted(long query) implements Reply {

	}

	/**
	 * Tells the worker to send its {@link Meters} now.
	 *
	 * @param collection the number that the last of them repeats, from 1
	 */
	record CollectMeters(int collection) implements FromMaster {

		public CollectMeters {
			Require.atLeast(1, "collection", collection);
		}

	}

	/**
	 * A part of the meters of the pool.
	 *
	 * @param query the number from the query
	 * @param collection the number of the collection, from 1
	 * @param parts how many parts there are; 0 if the collection is forgotten
	 * @param missing slots of the workers that have not answered in time
	 * @param part the series, of no meaning to this package
	 */
	record MetersReply(long query, int collection, int parts, List<Integer> missing, Blob part) implements Reply {

		public MetersReply {
			Require.atLeast(0, "collection", collection);
			Require.atLeast(0, "parts", parts);
			missing = List.copyOf(missing);
		}

	}

	/**
	 * The reply to a {@link PoolQuery}.
	 *
	 * @param query the number from the query
	 * @param pool the state of the pool
	 */
	record PoolReply(long query, PoolSnapshot pool) implements Reply {

	}

	// Calls from one worker to others

	/**
	 * A message about a call, which the master passes on.
	 */
	sealed interface OfCall extends FromWorker {

	}

	/**
	 * Asks ready workers to perform an operation. The master sends a {@link CallResult}
	 * about each.
	 *
	 * @param query any number, chosen by the sender and repeated in each
	 * {@link CallResult}
	 * @param index the slot of the worker, or {@link #ALL_OTHERS}
	 * @param timeoutMillis how long the answers may take, in milliseconds; the master has
	 * a limit of its own
	 * @param operation what to do, at most {@value #MAX_BYTES} bytes
	 */
	record Call(long query, int index, long timeoutMillis, Blob operation) implements OfCall {

		/** All ready workers but the sender. */
		public static final int ALL_OTHERS = -1;

		/** The most bytes of an operation. */
		public static final int MAX_BYTES = 32 * 1024;

		public Call {
			Require.atLeast(ALL_OTHERS, "index", index);
			Require.atLeast(0, "timeoutMillis", timeoutMillis);
			Require.atMost(MAX_BYTES, "operation", operation);
		}

	}

	/**
	 * A part of the answer to {@link Perform}; the first one is sent without being asked
	 * for. An empty answer means that the worker cannot perform the operation now.
	 *
	 * @param call the number from the master's message
	 * @param totalBytes the size of the whole answer, at most {@value #MAX_BYTES}
	 * @param offset where the part begins
	 * @param part at most {@value #MAX_PART_BYTES} bytes; not empty unless the whole is
	 */
	record CallAnswer(long call, int totalBytes, int offset, Blob part) implements OfCall {

		/** The most bytes of an answer. */
		public static final int MAX_BYTES = 4 * 1024 * 1024;

		/** The most bytes of a part. */
		public static final int MAX_PART_BYTES = 32 * 1024;

		public CallAnswer {
			Require.atLeast(0, "totalBytes", totalBytes);
			Require.atLeast(0, "offset", offset);
			Require.atMost(MAX_PART_BYTES, "part", part);
		}

	}

	/**
	 * Asks for the next part of the answer to a {@link Call} to one worker.
	 *
	 * @param query the number from the call
	 * @param offset where the part begins
	 */
	record CallNext(long query, int offset) implements OfCall {

		public CallNext {
			Require.atLeast(0, "offset", offset);
		}

	}

	/**
	 * A message of the master about a call. It is dropped if the worker does not read.
	 */
	sealed interface ToCall extends FromMaster {

	}

	/**
	 * Tells a worker to perform an operation that another one asks for.
	 *
	 * @param call a number that the {@link CallAnswer} repeats
	 * @param operation what to do
	 */
	record Perform(long call, Blob operation) implements ToCall {

		public Perform {
			Require.atMost(Call.MAX_BYTES, "operation", operation);
		}

	}

	/**
	 * Asks for the next part of an answer.
	 *
	 * @param call the number of the call
	 * @param offset where the part begins
	 */
	record Continue(long call, int offset) implements ToCall {

		public Continue {
			Require.atLeast(0, "offset", offset);
		}

	}

	/**
	 * What one worker has answered to a {@link Call}. Of a call to all, each worker's
	 * answer comes once, cut to the bytes that the master passes on.
	 *
	 * @param query the number from the call
	 * @param index the slot of the worker, or {@link Call#ALL_OTHERS} if there is none
	 * @param outcome whether the worker has answered
	 * @param left how many workers have not answered completely yet, or not failed to
	 * @param totalBytes the size of the whole answer
	 * @param offset where the part begins
	 * @param part a part of the answer; empty if there is none
	 */
	record CallResult(long query, int index, CallOutcome outcome, int left, int totalBytes, int offset,
			Blob part) implements ToCall {

		public CallResult {
			Require.atLeast(Call.ALL_OTHERS, "index", index);
			Require.atLeast(0, "left", left);
			Require.atLeast(0, "totalBytes", totalBytes);
			Require.atLeast(0, "offset", offset);
			Require.atMost(CallAnswer.MAX_PART_BYTES, "part", part);
		}

		/**
		 * Whether there is more of this answer.
		 * @return whether {@link CallNext} gets another part
		 */
		public boolean hasNext() {
			return this.left > 0 && this.offset + this.part.length() < this.totalBytes;
		}

	}

}
