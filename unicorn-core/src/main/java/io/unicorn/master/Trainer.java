package io.unicorn.master;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.unicorn.launch.CacheInMaking;
import io.unicorn.launch.ClassDataCache;
import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * The process that makes a cache of class data: it builds the context of the application
 * as a worker does, and ends. At most one at a time. Used by the master's main thread
 * alone; events come from another.
 */
final class Trainer {

	private static final int KILL = ProcessSignal.KILL.number();

	private record Running(int pid, String key, CacheInMaking making) {

	}

	private final Posix posix;

	private final Path workDir;

	private final Consumer<Event.OfCache> events;

	private @Nullable Running running;

	/**
	 * Create.
	 * @param events is told how a training has ended
	 */
	Trainer(Posix posix, Path workDir, Consumer<Event.OfCache> events) {
		this.posix = posix;
		this.workDir = workDir;
		this.events = events;
	}

	/**
	 * Begin.
	 * @param command returns the command that makes it
	 * @return how that went
	 */
	Event.OfCache train(ClassDataCache cache, Function<CacheInMaking, Command> command) {
		CacheInMaking making = null;
		try {
			making = CacheInMaking.begin(this.workDir, cache).orElse(null);
			if (making == null) {
				return new Event.TrainingPostponed(cache.key());
			}
			Command trained = command.apply(making);
			int pid = this.posix.spawn(trained, making.output());
			this.posix.makeLast(pid);
			this.posix.background(pid, Restraint.processors(trained));
			this.running = new Running(pid, cache.key(), making);
			return new Event.TrainingBegun(cache.key());
		}
		catch (PosixException ex) {
			if (making != null) {
				making.close();
			}
			return new Event.TrainingFailed(cache.key(), "it could not be started: " + ex.getMessage(), List.of());
		}
		catch (IOException ex) {
			return new Event.TrainingFailed(cache.key(), "there is no place for it: " + ex.getMessage(), List.of());
		}
	}

	/** End what runs. On JDK 25 it is two processes at last. */
	void cancel() {
		if (this.running != null) {
			this.posix.killGroup(this.running.pid(), KILL);
		}
	}

	/**
	 * End what runs and remove its files: this program ends, and may not hear of the
	 * exit.
	 */
	void close() {
		cancel();
		if (this.running != null) {
			this.running.making().close();
		}
	}

	/**
	 * Take notice of a process that has exited.
	 * @return whether it was a training
	 */
	boolean exited(Exit exit) {
		Running ended = this.running;
		if (ended == null || ended.pid() != exit.pid()) {
			return false;
		}
		this.running = null;
		// To write it to the disk for good may take seconds.
		Hearing.daemon("unicorn-cache", () -> this.events.accept(finish(ended, exit)));
		return true;
	}

	private static Event.OfCache finish(Running ended, Exit exit) {
		try (CacheInMaking making = ended.making()) {
			List<String> output = LastLines.read(making.output());
			if (exit.code() != 0) {
				return new Event.TrainingFailed(ended.key(),
						"the training " + LastLines.failure(exit.code(), exit.signal(), output), output);
			}
			try {
				return new Event.Trained(ended.key(), making.install());
			}
			catch (NoSuchFileException ex) {
				return new Event.TrainingFailed(ended.key(), "the JVM did not write it", output);
			}
			catch (IOException ex) {
				return new Event.TrainingFailed(ended.key(), "it cannot be stored: " + ex.getMessage(), output);
			}
		}
	}

}
