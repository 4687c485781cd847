package io.unicorn.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

import io.unicorn.ipc.group.Group;
import io.unicorn.ipc.group.GroupFigures;
import io.unicorn.ipc.group.GroupReceiver;
import io.unicorn.ipc.group.RequestFailedException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to the workers of the pool. A bean of this type exists in every process;
 * without a pool, this process is the only receiver. Thread-safe.
 * <p>
 * Messages go from worker to worker, not through the master. No call waits for a
 * receiver: what a receiver is too slow for is dropped, and counted, beyond 10,000
 * messages or 16 MiB. A worker that leaves, or is killed, loses nothing of what others
 * send each other. A worker that starts gets what is published from when it has built
 * this bean.
 */
public final class PoolMessaging {

	/** The most bytes of a payload. */
	public static final int MAX_BYTES = Group.MAX_BYTES;

	private static final Log logger = LogFactory.getLog(PoolMessaging.class);

	/** A leader tells others that it is. */
	private static final String LEADER = "unicorn.leader";

	private static final long NONE = 0;

	private final Map<String, List<Subscriber>> subscribers = new ConcurrentHashMap<>();

	private final long self;

	private final BooleanSupplier leads;

	private final EarlyMessages early = new EarlyMessages();

	private volatile @Nullable Group group;

	private volatile long leader = NONE;

	private PoolMessaging(long self, BooleanSupplier leads) {
		this.self = self;
		this.leads = leads;
	}

	/**
	 * Return the messaging of a process without a pool.
	 */
	public static PoolMessaging alone() {
		return new PoolMessaging(NONE, () -> true);
	}

	/**
	 * Return the messaging of a worker that cannot join its group: what it publishes
	 * reaches this worker alone, and requests to others fail.
	 * @param worker the id of this worker
	 * @param leads whether this worker is the leader now
	 */
	public static PoolMessaging apart(long worker, BooleanSupplier leads) {
		return new PoolMessaging(worker, leads);
	}

	/**
	 * Join the group of the pool's workers.
	 * @param directory the directory of the group
	 * @param worker the id of this worker
	 * @param leads whether this worker is the leader now
	 * @throws IOException if the socket of this worker cannot be opened
	 */
	public static PoolMessaging join(Path directory, long worker, BooleanSupplier leads) throws IOException {
		PoolMessaging messaging = new PoolMessaging(worker, leads);
		messaging.group = Group.join(directory, worker, messaging.new Receiver());
		if (leads.getAsBoolean()) {
			messaging.leading();
		}
		return messaging;
	}

	/**
	 * Note that the application has its listeners. Until then, each listener also gets
	 * the messages that have come before it, up to 1,000.
	 */
	public void started() {
		this.early.end();
	}

	/** Tell the others that this worker is the leader now. */
	public void leading() {
		Group joined = this.group;
		if (joined != null) {
			joined.publish(LEADER, new byte[0]);
		}
	}

	/**
	 * Send a message to all workers, this one included.
	 * @param topic what it is about, at most 1024 bytes of UTF-8; names that begin with
	 * {@code unicorn.} are taken
	 * @param payload its content, at most {@value #MAX_BYTES} bytes
	 * @throws IllegalArgumentException if one of them is too long
	 */
	public void publish(String topic, byte[] payload) {
		publishToOthers(topic, payload);
		deliver(new PoolMessage(this.self, topic, payload));
	}

	/**
	 * Send a message to all workers, this one included.
	 * @param topic as in {@link #publish(String, byte[])}
	 * @param text its content, which is sent in UTF-8
	 * @throws IllegalArgumentException if one of them is too long
	 */
	public void publish(String topic, String text) {
		publish(topic, text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Send a message to all workers but this one.
	 * @param topic as in {@link #publish(String, byte[])}
	 * @param payload its content, at most {@value #MAX_BYTES} bytes
	 * @return to how many workers it was sent
	 * @throws IllegalArgumentException if one of them is too long
	 */
	public int publishToOthers(String topic, byte[] payload) {
		Group joined = this.group;
		return (joined != null) ? joined.publish(topic, payload) : 0;
	}

	/**
	 * Ask a worker.
	 * @param worker its {@linkplain PoolWorker#id() id}, that of this worker included
	 * @param topic what it is about; a {@link PoolListener} of that worker for this topic
	 * returns the reply
	 * @param payload the question, at most {@value #MAX_BYTES} bytes
	 * @param timeout how long to wait for the reply
	 * @return the reply; completed with a {@link RequestFailedException} if there will be
	 * none, and with a {@link java.util.concurrent.TimeoutException} if there was none in
	 * time
	 * @throws IllegalArgumentException if topic or payload is too long
	 */
	public CompletableFuture<byte[]> request(long worker, String topic, byte[] payload, Duration timeout) {
		Group joined = this.group;
		if (joined != null && worker != this.self) {
			return joined.request(worker, topic, payload, timeout);
		}
		if (worker != this.self) {
			return CompletableFuture.failedFuture(new RequestFailedException("there is no worker " + worker));
		}
		CompletableFuture<byte[]> reply = new CompletableFuture<>();
		ask(new PoolMessage(this.self, topic, payload), reply::complete,
				(problem) -> reply.completeExceptionally(new RequestFailedException(problem)));
		return reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Ask the leader, which may be this worker.
	 * @param topic as in {@link #request}
	 * @param payload the question, at most {@value #MAX_BYTES} bytes
	 * @param timeout how long to wait for the reply
	 * @return the reply, as that of {@link #request}; also fails if no worker is the
	 * leader at this moment
	 * @throws IllegalArgumentException if topic or payload is too long
	 */
	public CompletableFuture<byte[]> requestLeader(String topic, byte[] payload, Duration timeout) {
		boolean own = this.leads.getAsBoolean();
		long asked = own ? this.self : this.leader;
		if (asked == NONE && !own) {
			return CompletableFuture.failedFuture(new RequestFailedException("no leader is known at this moment"));
		}
		return request(asked, topic, payload, timeout);
	}

	/**
	 * Return the ids of the other workers that messages are sent to now.
	 * @return a copy, in no order
	 */
	public Set<Long> others() {
		Group joined = this.group;
		return (joined != null) ? joined.members() : Set.of();
	}

	/**
	 * Return how many messages were dropped because a listener of this worker, or another
	 * worker, was too slow.
	 */
	public long dropped() {
		Group joined = this.group;
		long sent = (joined != null) ? joined.figures().dropped() : 0;
		return sent + this.subscribers.values().stream().flatMap(List::stream).mapToLong(Subscriber::dropped).sum();
	}

	/**
	 * Return what this worker has sent to others and received from them.
	 * @return zeros if there is no pool
	 */
	public GroupFigures figures() {
		Group joined = this.group;
		return (joined != null) ? joined.figures() : new GroupFigures(0, 0, 0, 0);
	}

	/**
	 * Receive the messages of a topic, as a {@link PoolListener} does.
	 * @param topic the topic
	 * @param listener gets each message, on a thread of its own, one at a time; returns
	 * the reply to a request, or {@code null} if it has none
	 */
	public void subscribe(String topic, Function<PoolMessage, byte @Nullable []> listener) {
		Subscriber subscriber = new Subscriber(topic, listener);
		this.early.subscribe(topic, subscriber,
				() -> this.subscribers.computeIfAbsent(topic, (name) -> new CopyOnWriteArrayList<>()).add(subscriber));
	}

	/** Leave the group; called when the application ends. */
	public void close() {
		Group joined = this.group;
		if (joined != null) {
			joined.close();
		}
		this.subscribers.values().stream().flatMap(List::stream).forEach(Subscriber::close);
	}

	private void deliver(PoolMessage message) {
		this.early.deliver(message, () -> this.subscribers.getOrDefault(message.topic(), List.of())
			.forEach((subscriber) -> subscriber.deliver(message)));
	}

	private void ask(PoolMessage message, Consumer<byte[]> reply, Consumer<String> failure) {
		List<Subscriber> listeners = this.subscribers.getOrDefault(message.topic(), List.of());
		if (listeners.isEmpty()) {
			failure.accept("the worker has no listener for the topic " + message.topic());
		}
		else {
			listeners.get(0).ask(message, reply, failure);
		}
	}

	/** Runs on the thread of the group, and leaves all work to subscribers. */
	private final class Receiver implements GroupReceiver {

		@Override
		public void received(long sender, String topic, byte[] payload) {
			if (topic.equals(LEADER)) {
				PoolMessaging.this.leader = sender;
			}
			else {
				deliver(new PoolMessage(sender, topic, payload));
			}
		}

		@Override
		public void requested(long sender, String topic, byte[] payload, Reply reply) {
			ask(new PoolMessage(sender, topic, payload), reply::send, reply::fail);
		}

		@Override
		public void joined(long member) {
			Group joined = PoolMessaging.this.group;
			if (joined != null && PoolMessaging.this.leads.getAsBoolean()) {
				var unused = joined.send(member, LEADER, new byte[0]);
			}
		}

		@Override
		public void dropping(long member) {
			logger.warn("Worker " + member + " reads no messages, so those to it are dropped beyond what waits");
		}

		@Override
		public void left(long member) {
			if (PoolMessaging.this.leader == member) {
				PoolMessaging.this.leader = NONE;
			}
		}

	}

}
