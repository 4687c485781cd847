package io.unicorn.ipc.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.unicorn.ipc.Blob;
import org.jspecify.annotations.Nullable;

/**
 * The membership of this process in a group of processes that send each other messages
 * and requests. The members find each other by their sockets in a directory that belongs
 * to one user. There is no process in the middle, and none waits for another: what a
 * member that does not read is sent beyond 10,000 messages or 16 MiB is dropped and
 * counted.
 * <p>
 * A message that was sent while the receiver read is in the kernel when the method
 * returns, and arrives even if the sender is killed then. The messages of one thread
 * arrive in order. Thread-safe.
 */
public final class Group implements AutoCloseable {

	/** The most bytes of a payload. */
	public static final int MAX_BYTES = 256 << 10;

	/** How often a member looks whether its socket and those of the others are there. */
	private static final Duration REPEATED = Duration.ofSeconds(10);

	/** How long {@link #join} waits for members that are stopped, or overloaded. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	/** How long {@link #close} waits for members that have not read everything. */
	private static final Duration LAST_WRITES = Duration.ofSeconds(1);

	private final Sockets sockets;

	private final long id;

	private final GroupReceiver receiver;

	private final Selector selector;

	private final Map<Long, Connection> members = new ConcurrentHashMap<>();

	private final Requests requests = new Requests();

	/** Work for the thread of the group. */
	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	/** Members that were there before and have yet to answer. */
	private final Set<Long> unanswered = new HashSet<>();

	private final CountDownLatch joined = new CountDownLatch(1);

	private final LongAdder sent = new LongAdder();

	private final LongAdder received = new LongAdder();

	private final LongAdder dropped = new LongAdder();

	private final LongAdder failed = new LongAdder();

	private final Thread thread = new Thread(this::run, "unicorn-group");

	private ServerSocketChannel server;

	private volatile boolean closed;

	private Group(Path directory, long id, GroupReceiver receiver) throws IOException {
		this.sockets = new Sockets(directory);
		this.id = id;
		this.receiver = receiver;
		this.server = this.sockets.listen(id);
		this.selector = Selector.open();
		this.server.register(this.selector, SelectionKey.OP_ACCEPT);
	}

	/**
	 * Join a group. When this method returns, what other members send reaches this one,
	 * except for members that have not answered within two seconds.
	 * @param directory the directory of the group, which is made with mode 0700 if it
	 * does not exist; must belong to the user of this process
	 * @param id the number of this member, which no other member has or has had; 1 or
	 * more
	 * @param receiver gets what others send
	 * @return the membership, until it is closed
	 * @throws IOException if the socket of this member cannot be opened, for example
	 * because the path of the directory has more than about 90 bytes
	 */
	public static Group join(Path directory, long id, GroupReceiver receiver) throws IOException {
		if (id < 1) {
			throw new IllegalArgumentException("id must be 1 or more, not " + id);
		}
		Group group = new Group(directory, id, receiver);
		group.thread.setDaemon(true);
		group.thread.start();
		try {
			var unused = group.joined.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return group;
	}

	/**
	 * Send a message to all other members.
	 * @param topic what it is about, at most 1024 bytes of UTF-8
	 * @param payload its content, at most {@value #MAX_BYTES} bytes
	 * @return to how many members it was sent
	 * @throws IllegalArgumentException if one of them is too long
	 */
	public int publish(String topic, byte[] payload) {
		ByteBuffer frame = new Frame(Frame.Type.MESSAGE, 0, checked(topic), Blob.of(payload)).encode();
		int count = 0;
		for (Connection member : this.members.values()) {
			if (send(member, frame.duplicate())) {
				count++;
			}
		}
		return count;
	}

	/**
	 * Send a message to one other member.
	 * @param member its id
	 * @param topic what it is about, at most 1024 bytes of UTF-8
	 * @param payload its content, at most {@value #MAX_BYTES} bytes
	 * @return whether it was sent; {@code false} also if there is no such member
	 * @throws IllegalArgumentException if one of them is too long
	 */
	public boolean send(long member, String topic, byte[] payload) {
		ByteBuffer frame = new Frame(Frame.Type.MESSAGE, 0, checked(topic), Blob.of(payload)).encode();
		Connection connection = this.members.get(member);
		return connection != null && send(connection, frame);
	}

	/**
	 * Ask another member.
	 * @param member its id
	 * @param topic what it is about, at most 1024 bytes of UTF-8
	 * @param payload the question, at most {@value #MAX_BYTES} bytes
	 * @param timeout how long to wait for the reply
	 * @return the reply; completed with a {@link RequestFailedException} if there will be
	 * none, and with a {@link java.util.concurrent.TimeoutException} if there was none in
	 * time
	 * @throws IllegalArgumentException if topic or payload is too long
	 */
	public CompletableFuture<byte[]> request(long member, String topic, byte[] payload, Duration timeout) {
		long number = this.requests.nextNumber();
		ByteBuffer frame = new Frame(Frame.Type.REQUEST, number, checked(topic), Blob.of(payload)).encode();
		CompletableFuture<byte[]> reply = this.requests.begin(number, member, timeout);
		Connection connection = this.members.get(member);
		if (connection == null) {
			this.requests.fail(number, "there is no member " + member);
		}
		else if (!send(connection, frame)) {
			this.requests.fail(number, "member " + member + " does not read");
		}
		return reply;
	}

	private static String checked(String topic) {
		if (topic.getBytes(StandardCharsets.UTF_8).length > Frame.MAX_TOPIC_BYTES) {
			throw new IllegalArgumentException("the topic is longer than " + Frame.MAX_TOPIC_BYTES + " bytes");
		}
		return topic;
	}

	private boolean send(Connection connection, ByteBuffer frame) {
		boolean written = write(connection, frame);
		if (written) {
			this.sent.increment();
		}
		return written;
	}

	private boolean write(Connection connection, ByteBuffer frame) {
		try {
			boolean written = connection.send(frame);
			Long member = connection.member();
			if (!written) {
				this.dropped.increment();
			}
			if (!written && member != null && connection.beginsToDrop()) {
				execute(() -> tell(() -> this.receiver.dropping(member)));
			}
			return written;
		}
		catch (IOException | CancelledKeyException ex) {
			execute(() -> lost(connection));
			return false;
		}
	}

	/** Return the id of this member. */
	public long id() {
		return this.id;
	}

	/**
	 * Return the ids of the other members that there are now.
	 * @return a copy
	 */
	public Set<Long> members() {
		return Set.copyOf(this.members.keySet());
	}

	/** Return what this member has sent and received so far. */
	public GroupFigures figures() {
		return new GroupFigures(this.sent.sum(), this.received.sum(), this.dropped.sum(), this.failed.sum());
	}

	/**
	 * Leave the group. Waits up to two seconds until what was sent is in the kernel and
	 * the socket of this member is removed.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.selector.wakeup();
		try {
			this.thread.join(2 * LAST_WRITES.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void execute(Runnable task) {
		this.tasks.add(task);
		this.selector.wakeup();
	}

	private void run() {
		try {
			long due = System.nanoTime();
			while (!this.closed) {
				if (System.nanoTime() - due >= 0) {
					meet();
					due = System.nanoTime() + REPEATED.toNanos();
				}
				advance(REPEATED);
			}
			due = System.nanoTime() + LAST_WRITES.toNanos();
			while (!isFlushed() && System.nanoTime() - due < 0) {
				advance(LAST_WRITES.dividedBy(10));
			}
		}
		catch (IOException ex) {
			// The selector cannot be used any more.
		}
		finally {
			leave();
		}
	}

	private void advance(Duration most) throws IOException {
		this.selector.select(this::ready, most.toMillis());
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
	}

	private boolean isFlushed() {
		return this.members.values().stream().allMatch(Connection::isFlushed);
	}

	/**
	 * Connect to the members that this one does not know. Two that connect at the same
	 * time have two connections then; each sends on the one that it knew first, so that
	 * its messages stay in order, and reads from both.
	 */
	private void meet() {
		try {
			if (!this.sockets.exists(this.id)) {
				this.server.close();
				this.server = this.sockets.listen(this.id);
				this.server.register(this.selector, SelectionKey.OP_ACCEPT);
			}
			for (Long other : this.sockets.ids()) {
				if (other != this.id && !this.members.containsKey(other)) {
					connect(other);
				}
			}
		}
		catch (IOException ex) {
			// Without a directory there is nothing to meet at. The next time may be
			// better.
		}
		answered(null);
	}

	private void connect(long other) throws IOException {
		SocketChannel channel = this.sockets.connect(other);
		if (channel != null) {
			Connection connection = open(channel, other);
			if (connection != null) {
				var unused = write(connection, Frame.hello(this.id).encode());
				this.unanswered.add(other);
				add(other, connection);
			}
		}
	}

	private @Nullable Connection open(SocketChannel channel, @Nullable Long member) throws IOException {
		try {
			return new Connection(channel, member, this.selector);
		}
		catch (IOException ex) {
			channel.close();
			return null;
		}
	}

	private void answered(@Nullable Long member) {
		this.unanswered.remove(member);
		if (this.unanswered.isEmpty()) {
			this.joined.countDown();
		}
	}

	private void ready(SelectionKey key) {
		if (key.attachment() instanceof Connection connection) {
			try {
				if (!key.isValid() || !connection.advance((frame) -> arrived(connection, frame))) {
					lost(connection);
				}
			}
			catch (IOException | RuntimeException ex) {
				lost(connection);
			}
		}
		else if (key.isValid()) {
			accept();
		}
	}

	private void accept() {
		try {
			SocketChannel channel = this.server.accept();
			if (channel != null && this.sockets.isOwn(channel)) {
				var unused = open(channel, null);
			}
		}
		catch (IOException ex) {
			// Too many open files, or the client is gone. It connects again.
		}
	}

	private void arrived(Connection connection, Frame frame) {
		Long member = connection.member();
		if (frame.type() == Frame.Type.HELLO) {
			joined(connection, frame.number());
		}
		else if (member == null) {
			lost(connection);
		}
		else if (frame.type() == Frame.Type.WELCOME) {
			answered(member);
		}
		else if (frame.type() == Frame.Type.REPLY) {
			this.requests.replied(member, frame);
		}
		else if (frame.type() == Frame.Type.FAILURE) {
			this.requests.failed(member, frame);
		}
		else {
			received(connection, member, frame);
		}
	}

	private void joined(Connection connection, long member) {
		connection.isOf(member);
		add(member, connection);
		// Last: from now on the member relies on it that all is sent to it.
		var unused = write(connection, Frame.welcome(this.id).encode());
	}

	private void add(long member, Connection connection) {
		if (this.members.putIfAbsent(member, connection) == null) {
			tell(() -> this.receiver.joined(member));
		}
	}

	private void received(Connection connection, long member, Frame frame) {
		this.received.increment();
		if (frame.type() == Frame.Type.MESSAGE) {
			tell(() -> this.receiver.received(member, frame.topic(), frame.payload().toByteArray()));
			return;
		}
		GroupReceiver.Reply reply = new GroupReceiver.Reply((answer) -> write(connection, answer.encode()),
				frame.number());
		tell(() -> this.receiver.requested(member, frame.topic(), frame.payload().toByteArray(), reply));
	}

	private void tell(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException ex) {
			this.failed.increment();
		}
	}

	private void lost(Connection connection) {
		connection.close();
		Long member = connection.member();
		if (member == null || !this.members.remove(member, connection)) {
			return;
		}
		for (SelectionKey key : this.selector.keys()) {
			if (key.isValid() && key.attachment() instanceof Connection other && member.equals(other.member())) {
				this.members.put(member, other);
				return;
			}
		}
		this.requests.left(member);
		tell(() -> this.receiver.left(member));
		answered(member);
	}

	private void leave() {
		this.closed = true;
		this.sockets.remove(this.id);
		List.copyOf(this.members.values()).forEach(this::lost);
		try {
			for (SelectionKey key : this.selector.keys()) {
				key.channel().close();
			}
			this.selector.close();
		}
		catch (IOException ex) {
			// The process has ended its membership all the same.
		}
	}

}
