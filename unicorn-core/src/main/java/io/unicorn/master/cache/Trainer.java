package io.unicorn.master.cache;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.unicorn.launch.cache.CacheBuild;
import io.unicorn.launch.cache.ClassDataCache;
import io.unicorn.launch.workdir.WriteProblem;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.master.process.CpuLimits;
import io.unicorn.master.process.LastLines;
import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the process that trains a cache of class data: it builds the context of the
 * application as a worker does, and ends. At most one runs at a time. Used by the
 * master's main thread alone; the end of a training is reported on another thread.
 */
public final class Trainer {

	private static final int KILL = ProcessSignal.KILL.number();

	private record Running(int pid, String key, CacheBuild making) {

	}

	private final Posix posix;

	private final Path workDir;

	private final Consumer<Event.CacheEvent> events;

	private final BackgroundThread background;

	private @Nullable Running running;

	/**
	 * Create.
	 * @param events is told how a training has ended
	 * @param background runs what may take long
	 */
	public Trainer(Posix posix, Path workDir, Consumer<Event.CacheEvent> events, BackgroundThread background) {
		this.posix = posix;
		this.workDir = workDir;
		this.events = events;
		this.background = background;
	}

	/**
	 * Begin.
	 * @param command returns the command that makes it
	 * @return how that went
	 */
	public Event.CacheEvent train(ClassDataCache cache, Function<CacheBuild, Command> command) {
		CacheBuild making = null;
		try {
			making = CacheBuild.begin(this.workDir, cache).orElse(null);
			if (making == null) {
				return new Event.TrainingPostponed(cache.key());
			}
			Command trained = command.apply(making);
			int pid = this.posix.spawn(trained, making.output());
			this.posix.deprioritize(pid);
			this.posix.background(pid, CpuLimits.of(trained).processors());
			this.running = new Running(pid, cache.key(), making);
			return new Event.TrainingStarted(cache.key());
		}
		catch (PosixException ex) {
			if (making != null) {
				making.close();
			}
			return new Event.TrainingFailed(cache.key(), "it could not be started: " + ex.getMessage(), List.of());
		}
		catch (IOException ex) {
			return new Event.TrainingFailed(cache.key(), "there is no place for it: " + WriteProblem.reason(ex),
					List.of());
		}
		catch (RuntimeException | Error ex) {
			if (making != null) {
				making.close();
			}
			return new Event.TrainingFailed(cache.key(), "it could not be started: " + ex, List.of());
		}
	}

	/**
	 * Kill the process group: on JDK 25 a second process assembles the cache at the end.
	 */
	public void cancel() {
		if (this.running != null) {
			this.posix.killGroup(this.running.pid(), KILL);
		}
	}

	/**
	 * Kill the process and remove its files: the master ends, and may not be told of the
	 * exit.
	 */
	public void close() {
		cancel();
		if (this.running != null) {
			this.running.making().close();
		}
	}

	/**
	 * Finish the training if this was its process.
	 * @return whether it was a training
	 */
	public boolean exited(Exit exit) {
		Running ended = this.running;
		if (ended == null || ended.pid() != exit.pid()) {
			return false;
		}
		this.running = null;
		// An fsync of the cache may take seconds.
		this.background.run(() -> this.events.accept(finish(ended, exit)));
		return true;
	}

	private static Event.CacheEvent finish(Running ended, Exit exit) {
		try {
			return installed(ended, exit);
		}
		catch (RuntimeException | Error ex) {
			return new Event.TrainingFailed(ended.key(), "it cannot be stored: " + ex, List.of());
		}
	}

	private static Event.CacheEvent installed(Running ended, Exit exit) {
		try (CacheBuild making = ended.making()) {
			List<String> output = LastLines.read(making.output());
			if (exit.code() != 0) {
				return new Event.TrainingFailed(ended.key(), "the training "
						+ LastLines.failure(exit.code(), exit.signal(), output, making.output().resolveSibling("")),
						output);
			}
			try {
				return new Event.Trained(ended.key(), making.install());
			}
			catch (NoSuchFileException ex) {
				return new Event.TrainingFailed(ended.key(), "the JVM did not write it", output);
			}
			catch (IOException ex) {
				return new Event.TrainingFailed(ended.key(), "it cannot be stored: " + WriteProblem.reason(ex), output);
			}
		}
	}

}
