package io.unicorn.master;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.launch.FirstWorker;
import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * The real processes behind the arbiter's numbers: starts them, talks to them, and
 * announces what they say. Methods are called by the master's main thread; what is heard
 * is announced on other threads.
 */
final class WorkerProcesses {

	private record Child(int pid, WorkerChannel channel, ControlSocket socket, FrameDecoder<Message.FromWorker> decoder,
			Restraint restraint) {

	}

	private final Posix posix;

	private final BackgroundProcesses background;

	private ControlPoller poller;

	private final Consumer<Event> events;

	private final Map<Long, Child> byId = new HashMap<>();

	private final Map<Integer, Long> idByPid = new HashMap<>();

	/** How many requests each worker has answered. */
	private final Map<Long, Long> answered = new ConcurrentHashMap<>();

	/** Workers whose connection was closed on our side. */
	private final Set<Long> lost = ConcurrentHashMap.newKeySet();

	WorkerProcesses(Posix posix, BackgroundProcesses background, ControlPoller poller, Consumer<Event> events) {
		this.posix = posix;
		this.background = background;
		this.poller = poller;
		this.events = events;
	}

	/**
	 * Start a worker.
	 * @param id the arbiter's number of it
	 * @param restraint what it is kept to while it is in the background
	 * @param listeners descriptors of the sockets that it accepts from, in order
	 * @return its process id
	 */
	int spawn(long id, Command command, Restraint restraint, int[] listeners) throws PosixException {
		int[] descriptors = new int[1 + listeners.length];
		System.arraycopy(listeners, 0, descriptors, 1, listeners.length);
		ControlPair pair = this.posix.controlPair();
		try {
			descriptors[0] = pair.theirs();
			int pid = this.posix.spawn(command, descriptors);
			listen(id, add(id, pid, pair.ours(), restraint));
			return pid;
		}
		catch (PosixException ex) {
			pair.ours().close();
			throw ex;
		}
		finally {
			this.posix.close(pair.theirs());
		}
	}

	/**
	 * Take over a worker that was started before the master, and is counted as a child
	 * already.
	 * @param id the arbiter's number of it
	 * @return its process id
	 */
	int adopt(long id, FirstWorker worker) throws PosixException {
		// Its compiler has started; one that has just been spawned has none.
		this.posix.compileWhenIdle(worker.pid());
		listen(id, add(id, worker.pid(), this.posix.inheritedControl(worker.control()), Restraint.NONE));
		return worker.pid();
	}

	private Child add(long id, int pid, ControlSocket socket, Restraint restraint) {
		Child child = new Child(pid, new WorkerChannel(socket), socket, new FrameDecoder<>(Message.FromWorker.class),
				restraint);
		this.byId.put(id, child);
		this.idByPid.put(pid, id);
		return child;
	}

	/**
	 * Take over the workers of a master that ran here before.
	 */
	void adopt(List<HandOver.Connection> connections) throws IOException {
		for (HandOver.Connection connection : connections) {
			ControlSocket socket = (connection.descriptor() != HandOver.NONE)
					? this.posix.inheritedControl(connection.descriptor()) : lostSocket();
			Child child = add(connection.id(), connection.pid(), socket, Restraint.NONE);
			child.channel().resume(connection.unsent());
			this.posix.adopt(connection.pid());
			receive(connection.id(), child, connection.received().duplicate());
			listen(connection.id(), child);
		}
	}

	/** A connection whose other end is gone. */
	private ControlSocket lostSocket() throws PosixException {
		ControlPair pair = this.posix.controlPair();
		this.posix.close(pair.theirs());
		return pair.ours();
	}

	/**
	 * Return what another master needs to take over the workers. Nobody may be listening
	 * to them any more.
	 */
	List<HandOver.Connection> handOver() {
		List<HandOver.Connection> connections = new ArrayList<>();
		this.byId.forEach((id,
				child) -> connections.add(new HandOver.Connection(id, child.pid(),
						this.lost.contains(id) ? HandOver.NONE : child.socket().fd(), child.decoder().unfinished(),
						child.channel().unsent())));
		return connections;
	}

	/**
	 * Listen by another poller, because the last one was closed.
	 */
	void listen(ControlPoller newPoller) {
		this.poller = newPoller;
		this.byId.forEach(this::listen);
	}

	private void receive(long id, Child child, ByteBuffer bytes) {
		try {
			child.decoder().feed(bytes, (message) -> {
				notice(id, child.pid(), message);
				this.events.accept(new Event.Received(id, message));
			});
		}
		catch (MalformedFrameException ex) {
			child.socket().close();
			this.lost.add(id);
			this.events.accept(new Event.ChannelLost(id,
					"its control channel is closed, it sent a malformed frame: " + ex.getMessage()));
		}
	}

	private void notice(long id, int pid, Message.FromWorker message) {
		if (message instanceof Message.Heartbeat heartbeat) {
			Long before = this.answered.put(id, heartbeat.requests());
			if (heartbeat.inFlight() > 0 || (before != null && heartbeat.requests() > before)) {
				this.background.served();
			}
		}
		else if (message instanceof Message.Hello) {
			this.posix.compileWhenIdle(pid);
		}
		else if (message instanceof Message.Started || message instanceof Message.Ready) {
			// Those that are older than this master do not say that they have started.
			this.posix.compileAsUsual(pid);
		}
	}

	private void listen(long id, Child child) {
		try {
			this.poller.register(child.socket(), new ControlPoller.Handler() {

				@Override
				public void received(ByteBuffer bytes) {
					receive(id, child, bytes);
				}

				@Override
				public void closed() {
					WorkerProcesses.this.events.accept(new Event.ChannelLost(id, ""));
				}

			});
		}
		catch (IOException ex) {
			this.events.accept(new Event.ChannelLost(id, "its control channel cannot be read: " + ex.getMessage()));
		}
	}

	void send(Effect.Send order) {
		Child child = this.byId.get(order.id());
		if (child == null) {
			return;
		}
		try {
			child.channel().send(order.message());
		}
		catch (IOException ex) {
			child.channel().close();
			this.lost.add(order.id());
			this.events.accept(new Event.ChannelLost(order.id(), ""));
		}
	}

	void kill(Effect.Kill order) {
		Child child = this.byId.get(order.id());
		if (child != null) {
			this.posix.kill(child.pid(), order.signal().number());
		}
	}

	/**
	 * Set what a worker gets of the processors.
	 */
	void prioritize(Effect.Prioritize order) {
		Child child = this.byId.get(order.id());
		if (child != null && order.priority() == Priority.BACKGROUND) {
			this.background.enter(child.pid(), child.restraint());
		}
		else if (child != null) {
			this.background.leave(child.pid());
		}
	}

	/**
	 * Return the process id of a worker, or nothing if it is gone.
	 */
	OptionalInt pid(long id) {
		Child child = this.byId.get(id);
		return (child != null) ? OptionalInt.of(child.pid()) : OptionalInt.empty();
	}

	/**
	 * Forget a process that has exited.
	 * @return the arbiter's number of it
	 */
	long exited(Exit exit) {
		Long id = this.idByPid.remove(exit.pid());
		if (id == null) {
			throw new IllegalStateException("pid " + exit.pid() + " is not a worker");
		}
		Child child = this.byId.remove(id);
		this.lost.remove(id);
		this.answered.remove(id);
		if (child != null) {
			child.channel().close();
		}
		this.background.forget(exit.pid());
		return id;
	}

}
