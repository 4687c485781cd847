package io.unicorn.master.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.Priority;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * Starts the worker processes, sends them messages and signals, and reports what they
 * send. Used by the master's main thread alone.
 */
public final class WorkerProcesses {

	/** The main thread of the master, for other threads. */
	public interface MainThread {

		/** Run a task on the main thread, later. */
		void post(Runnable task);

		/** Let the arbiter decide; called on the main thread. */
		void decide(Event event);

	}

	private record Child(int pid, WorkerLink link, CpuLimits limits) {

	}

	private final Posix posix;

	private final CompilerThreads compilers;

	private ControlPoller poller;

	private final MainThread main;

	private final ThreadDumps dumps;

	private final Map<Long, Child> byId = new HashMap<>();

	private final Map<Integer, Long> idByPid = new HashMap<>();

	/**
	 * Create.
	 * @param background runs what may take long, one after the other
	 * @param dumpThreads runs each dump at once: a JVM that does not answer must not keep
	 * others from writing their threads
	 * @param warnings receives lines for the log, on any thread
	 */
	public WorkerProcesses(Posix posix, ControlPoller poller, MainThread main, Executor background,
			Executor dumpThreads, Consumer<String> warnings) {
		this.posix = posix;
		this.dumps = new ThreadDumps(background, dumpThreads, Path.of("/tmp"), Clock.systemUTC(),
				new ThreadDumps.Master(main::post, main::decide, warnings));
		this.compilers = new CompilerThreads(posix);
		this.poller = poller;
		this.main = main;
	}

	/**
	 * Start a worker.
	 * @param id the arbiter's number of it
	 * @param limits what it is confined to while it is in the background
	 * @param inherited descriptors that it gets: those of the sockets that it accepts
	 * from, in order, and then those that it only keeps open
	 * @return its process id
	 */
	public int spawn(long id, Command command, CpuLimits limits, int[] inherited) throws PosixException {
		int[] descriptors = new int[1 + inherited.length];
		System.arraycopy(inherited, 0, descriptors, 1, inherited.length);
		ControlPair pair = this.posix.controlPair();
		boolean complete = false;
		try {
			descriptors[0] = pair.theirs();
			int pid = this.posix.spawn(command, descriptors);
			listen(add(id, pid, pair.ours(), limits));
			complete = true;
			return pid;
		}
		finally {
			if (!complete) {
				abandon(id);
				pair.ours().close();
			}
			this.posix.close(pair.theirs());
		}
	}

	private Child add(long id, int pid, ControlSocket socket, CpuLimits limits) {
		Child child = new Child(pid, new WorkerLink(id, pid, socket, this.compilers, this.main), limits);
		this.byId.put(id, child);
		this.idByPid.put(pid, id);
		return child;
	}

	/** End a process that the arbiter does not know, because its start has failed. */
	public void abandon(long id) {
		Child child = this.byId.remove(id);
		if (child != null) {
			this.idByPid.remove(child.pid());
			this.posix.kill(child.pid(), ProcessSignal.KILL.number());
			child.link().close();
		}
	}

	/**
	 * Take over the workers of the master that ran in this process before.
	 */
	public void adopt(List<WorkerConnection> connections) throws IOException {
		for (WorkerConnection connection : connections) {
			ControlSocket socket = (connection.descriptor() != WorkerConnection.NONE)
					? this.posix.inheritedControl(connection.descriptor()) : lostSocket();
			Child child = add(connection.id(), connection.pid(), socket, CpuLimits.NONE);
			try {
				this.posix.adopt(connection.pid());
			}
			catch (PosixException ex) {
				// It has exited, and the master before could not write that down.
				vanished(connection.id());
			}
			child.link().resume(connection);
			listen(child);
		}
	}

	/** A connection whose other end is gone. */
	private ControlSocket lostSocket() throws PosixException {
		ControlPair pair = this.posix.controlPair();
		this.posix.close(pair.theirs());
		return pair.ours();
	}

	/**
	 * Return what the next master needs to take over the workers. The poller must have
	 * stopped before.
	 */
	public List<WorkerConnection> handOver() {
		List<WorkerConnection> connections = new ArrayList<>();
		this.byId.values().forEach((child) -> connections.add(child.link().handOver()));
		return connections;
	}

	/**
	 * Poll the connections with another poller, after the last one was closed.
	 */
	public void listen(ControlPoller newPoller) {
		this.poller = newPoller;
		this.byId.values().forEach(this::listen);
	}

	private void listen(Child child) {
		child.link().listen(this.poller);
	}

	/** Send a message to a worker; one that cannot be sent is dropped. */
	public void send(Effect.Send order) {
		Child child = this.byId.get(order.id());
		if (child != null) {
			child.link().send(order.message());
		}
	}

	public void kill(Effect.Kill order) {
		Child child = this.byId.get(order.id());
		if (child != null && !this.posix.kill(child.pid(), order.signal().number())
				&& order.signal() == ProcessSignal.KILL) {
			vanished(order.id());
		}
	}

	/**
	 * Let a worker write its threads: into a file, or to its standard output.
	 * @return whether it does, or has ended; {@code false} if it does not handle the
	 * signal, which would end it
	 */
	public boolean dumpThreads(Effect.DumpThreads order) {
		Child child = this.byId.get(order.id());
		if (child == null) {
			return true;
		}
		boolean handled = SignalHandlers.of(child.pid(), Path.of("/proc")).handles(ProcessSignal.QUIT);
		if (handled && !order.directory().isEmpty()) {
			this.dumps.write(order, child.pid(), () -> quit(order.id()));
		}
		else if (handled) {
			quit(order.id());
		}
		return handled;
	}

	private void quit(long id) {
		Child child = this.byId.get(id);
		if (child != null) {
			this.posix.kill(child.pid(), ProcessSignal.QUIT.number());
		}
	}

	/**
	 * Make the directory for dumps again if it is gone: a JVM would take its path for the
	 * name of a file. Without it, workers run all the same.
	 * @param directory its path, empty for none
	 */
	public void makeDumpDir(String directory) {
		this.dumps.make(directory);
	}

	/** Look for a dump that the JVM of a worker has written before its end. */
	public void lookForDump(Effect.LookForDump order) {
		this.dumps.find(order);
	}

	/**
	 * Look whether a worker writes a heap dump, and report it.
	 */
	public void lookForHeapDump(Effect.LookForHeapDump order) {
		Child child = this.byId.get(order.id());
		if (child != null) {
			HeapDump dump = HeapDump.of(child.pid(), Path.of("/proc"));
			this.main.decide(new Event.HeapDump(order.id(), dump.file(), dump.sizeBytes()));
		}
	}

	/**
	 * Report the exit of a worker that is not there any more, unless its exit, which was
	 * reported before, is about to be handled: nothing else would ever end its place.
	 */
	private void vanished(long id) {
		this.main.post(() -> {
			Child child = this.byId.get(id);
			if (child != null) {
				var unused = exited(new Exit(child.pid(), -1, 0));
				this.main.decide(new Event.Exited(id, -1, 0, false));
			}
		});
	}

	/**
	 * Set what a worker gets of the processors.
	 */
	public void prioritize(Effect.SetPriority order) {
		Child child = this.byId.get(order.id());
		if (child != null && order.priority() == Priority.BACKGROUND) {
			this.posix.background(child.pid(), child.limits().processors());
		}
		else if (child != null) {
			this.posix.foreground(child.pid());
		}
	}

	/**
	 * Return the process id of a worker, or empty if it has exited.
	 */
	public OptionalInt pid(long id) {
		Child child = this.byId.get(id);
		return (child != null) ? OptionalInt.of(child.pid()) : OptionalInt.empty();
	}

	/**
	 * Forget a process that has exited.
	 * @return the arbiter's number of it, or empty if it was no worker
	 */
	public OptionalLong exited(Exit exit) {
		Long id = this.idByPid.remove(exit.pid());
		Child child = (id != null) ? this.byId.remove(id) : null;
		if (id == null || child == null) {
			return OptionalLong.empty();
		}
		child.link().close();
		this.dumps.exited(exit.pid());
		return OptionalLong.of(id);
	}

}
