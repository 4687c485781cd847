package io.unicorn.master.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.unicorn.launch.cache.MasterArchive;
import io.unicorn.launch.plan.JavaProgram;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.cache.CacheEffects;
import io.unicorn.master.command.Commands;
import io.unicorn.master.event.EventSources;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.ground.Ground;
import io.unicorn.master.listener.ListenerSet;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.meters.MeterExchange;
import io.unicorn.master.probe.Probe;
import io.unicorn.master.process.Preparations;
import io.unicorn.master.process.WorkerConnection;
import io.unicorn.master.process.WorkerProcesses;
import io.unicorn.posix.Command;
import io.unicorn.posix.ExitHold;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the program of the master in its process: a child says how a master is
 * launched now, a second child reads the state as a trial, and then this process executes
 * the new master, which adopts workers, control connections and listeners. Used by the
 * master's main thread alone.
 */
public final class MasterUpgrade {

	/** How long the exec waits until the last log lines are written. */
	private static final Duration LAST_LINES = Duration.ofSeconds(1);

	/** The running master, as an upgrade needs it. */
	public interface Running {

		/**
		 * Return the state of the arbiter, or {@code null} if a roll-out, a stop or a
		 * spawn is under way.
		 */
		@Nullable ArbiterState save();

		/** Handle every event that has been received until now. */
		void handleReceived();

		/** Let the arbiter decide on an event. */
		void decide(Event event);

	}

	/**
	 * What is handed over beside the state of the arbiter.
	 */
	public record Parts(Ground ground, Generations generations, ListenerSet listeners, WorkerProcesses processes,
			EventSources eventSources, Commands commands, Probe probe, CacheEffects caches, MeterExchange meters) {

	}

	private final Posix posix;

	private final LaunchPlan program;

	private final List<String> environment;

	private final Preparations preparations;

	private final Parts parts;

	private final LogQueue log;

	private final Running running;

	/** The plan of the new master, while a child tries whether that can start. */
	private @Nullable LaunchPlan successor;

	/**
	 * Create.
	 * @param program what the present master runs from
	 * @param environment the environment of workers, in byte form
	 */
	public MasterUpgrade(Posix posix, LaunchPlan program, List<String> environment, Preparations preparations,
			Parts parts, LogQueue log, Running running) {
		this.posix = posix;
		this.program = program;
		this.environment = environment;
		this.preparations = preparations;
		this.parts = parts;
		this.log = log;
		this.running = running;
	}

	/**
	 * Start the child that writes down how a master is launched now.
	 */
	public void begin() {
		try {
			LaunchPlan present = this.parts.ground.forProgram();
			String java = JavaProgram.find(this.program.workers().command().executable(), this.environment);
			this.preparations.start(Preparations.MASTER, (java != null) ? present.withJava(java) : present,
					this.environment);
		}
		catch (IOException ex) {
			fail("it could not be started: " + ex.getMessage());
		}
	}

	/** Kill the child that runs. */
	public void cancel() {
		this.preparations.cancel(Preparations.MASTER);
	}

	/**
	 * Go on after a child has ended: from the preparation to the trial, and from the
	 * trial to the exec.
	 */
	public void prepared(Preparations.Result result) {
		if (!result.cause().isEmpty()) {
			result.output().forEach((line) -> this.log.write(Effect.Level.ERROR, "| " + line));
			fail(result.cause());
			return;
		}
		try {
			if (result.plan() != null) {
				this.successor = result.plan().withCommandOf(this.program);
				Path trial = stateFile("trial");
				HandOverFile.write(handOver(this.successor), trial);
				this.preparations.check(MasterCommand.checking(this.successor, trial, this.environment), trial);
			}
			else if (this.successor != null) {
				exec(this.successor);
			}
		}
		catch (IOException | IllegalStateException ex) {
			fail(String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException | Error ex) {
			fail(String.valueOf(ex));
			throw ex;
		}
	}

	/**
	 * Execute the program of this master again, with the same state and a fresh heap.
	 * Returns if that is not possible.
	 * @return why it was not possible, {@code null} if it was
	 */
	public @Nullable String restart() {
		if (this.successor != null || this.running.save() == null) {
			return "a roll-out, an upgrade, a hook, a start of a worker or a stop is under way";
		}
		try {
			exec(this.program);
			return null;
		}
		catch (IOException | RuntimeException | Error ex) {
			return String.valueOf(ex);
		}
	}

	private void fail(String cause) {
		this.successor = null;
		this.running.decide(new Event.UpgradeFailed(cause));
	}

	private Path stateFile(String name) {
		return Path.of(Command.text(this.program.master().workDir())).resolve("state-" + this.posix.pid() + "-" + name);
	}

	private HandOver handOver(LaunchPlan newMaster) {
		ArbiterState state = this.running.save();
		if (state == null) {
			throw new IllegalStateException("something else has begun meanwhile");
		}
		Path lastGood = this.parts.generations.lastGood();
		return new HandOver(state, this.parts.generations.plans(), newMaster, this.parts.listeners.descriptors(),
				this.parts.processes.handOver(), (lastGood != null) ? lastGood.toString() : null,
				this.parts.meters.save());
	}

	/**
	 * Execute the new master. Events that were received until now are handled before;
	 * later ones wait in the kernel for the new master: signals are pending, frames
	 * unread, and children that exit stay zombies. Returns only if the exec fails.
	 */
	private void exec(LaunchPlan newMaster) throws IOException {
		Path file = stateFile("successor");
		ExitHold exits = this.posix.holdExits();
		try {
			this.parts.eventSources.stop();
			this.parts.commands.suspend();
			this.parts.probe.suspend();
			this.running.handleReceived();
			HandOver state = handOver(newMaster);
			HandOverFile.write(state, file);
			Set<Integer> descriptors = new HashSet<>(state.sockets().values());
			state.connections()
				.stream()
				.map(WorkerConnection::descriptor)
				.filter((descriptor) -> descriptor != WorkerConnection.NONE)
				.forEach(descriptors::add);
			this.parts.caches.close();
			this.parts.generations.prepareHandOver();
			this.log.flush(LAST_LINES);
			this.posix.exec(
					MasterCommand.resuming(newMaster, file, MasterArchive.options(newMaster, file), this.environment),
					descriptors, MasterCommand.DEFERRED_SIGNALS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			exits.release();
			this.parts.eventSources.beginAgain();
			this.parts.commands.resume();
			this.parts.probe.resume();
			this.parts.processes.listen(this.parts.eventSources.poller());
			Files.deleteIfExists(file);
		}
	}

}
