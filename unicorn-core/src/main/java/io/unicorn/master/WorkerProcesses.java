package io.unicorn.master;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * The real processes behind the arbiter's numbers: starts them, talks to them, and
 * announces what they say. Methods are called by the master's main thread; what is heard
 * is announced on other threads.
 */
final class WorkerProcesses {

	private record Child(int pid, WorkerChannel channel) {

	}

	private final Posix posix;

	private final ControlPoller poller;

	private final Consumer<Event> events;

	private final Map<Long, Child> byId = new HashMap<>();

	private final Map<Integer, Long> idByPid = new HashMap<>();

	WorkerProcesses(Posix posix, ControlPoller poller, Consumer<Event> events) {
		this.posix = posix;
		this.poller = poller;
		this.events = events;
	}

	/**
	 * Start a worker.
	 * @param id the arbiter's number of it
	 * @param listeners descriptors of the sockets that it accepts from, in order
	 * @return its process id
	 */
	int spawn(long id, Command command, int[] listeners) throws PosixException {
		int[] descriptors = new int[1 + listeners.length];
		System.arraycopy(listeners, 0, descriptors, 1, listeners.length);
		ControlPair pair = this.posix.controlPair();
		try {
			descriptors[0] = pair.theirs();
			int pid = this.posix.spawn(command, descriptors);
			this.byId.put(id, new Child(pid, new WorkerChannel(pair.ours())));
			this.idByPid.put(pid, id);
			listen(id, pair);
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

	private void listen(long id, ControlPair pair) {
		FrameDecoder<Message.FromWorker> decoder = new FrameDecoder<>(Message.FromWorker.class);
		try {
			this.poller.register(pair.ours(), new ControlPoller.Handler() {

				@Override
				public void received(ByteBuffer bytes) {
					try {
						decoder.feed(bytes,
								(message) -> WorkerProcesses.this.events.accept(new Event.Received(id, message)));
					}
					catch (MalformedFrameException ex) {
						pair.ours().close();
						WorkerProcesses.this.events.accept(new Event.ChannelLost(id,
								"its control channel is closed, it sent a malformed frame: " + ex.getMessage()));
					}
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
	 * Forget a process that has exited.
	 * @return the arbiter's number of it
	 */
	long exited(Exit exit) {
		Long id = this.idByPid.remove(exit.pid());
		if (id == null) {
			throw new IllegalStateException("pid " + exit.pid() + " is not a worker");
		}
		Child child = this.byId.remove(id);
		if (child != null) {
			child.channel().close();
		}
		return id;
	}

}
