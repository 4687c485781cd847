package io.unicorn.master.ground;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.Inflater;

import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.generation.GenerationManifest;
import io.unicorn.launch.generation.GenerationStore;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.workdir.FileStamp;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * The files that workers of the generations run from: a copy of the application, or the
 * jar where it lies if there is no copy. Used by the master's main thread; a copy is made
 * on the background thread, because that may take seconds.
 */
final class CodeFiles {

	private final Path workDir;

	private final BackgroundThread background;

	private final Consumer<Event> events;

	/** What identifies the jar that workers run where it lies, by generation. */
	private final Map<Integer, FileStamp> jars = new HashMap<>();

	/**
	 * Create.
	 * @param events is told whether code was made again, on another thread
	 */
	CodeFiles(Path workDir, BackgroundThread background, Consumer<Event> events) {
		// Loads a library that is needed to read jars, and is gone when the JDK is.
		new Inflater().end();
		this.workDir = workDir;
		this.background = background;
		this.events = events;
	}

	/** Note which code a new generation has. */
	void add(int generation, LaunchPlan plan) {
		Path jar = jar(plan);
		if (plan.workers().generation() == null && jar != null) {
			this.jars.put(generation, stamp(jar));
		}
	}

	void forget(int generation) {
		this.jars.remove(generation);
	}

	/**
	 * Return whether the code of a generation is there and is the same as before. Looks
	 * at each of its files, and reads none.
	 */
	boolean isThere(int generation, LaunchPlan plan) {
		Generation copy = plan.workers().generation();
		if (copy != null) {
			return GenerationManifest.isComplete(copy);
		}
		Path jar = jar(plan);
		FileStamp known = this.jars.get(generation);
		return jar == null || known == null || isSame(known, stamp(jar));
	}

	/** A change of the inode alone, such as of its mode, changes no code. */
	private static boolean isSame(FileStamp known, FileStamp present) {
		return present.sizeBytes() == known.sizeBytes() && present.modifiedNanos() == known.modifiedNanos()
				&& present.inode() == known.inode() && present.device() == known.device();
	}

	/** Make the code of a generation again, and report the result as an event. */
	void restore(int generation, LaunchPlan plan) {
		this.background.run(() -> this.events.accept(restored(generation, plan)));
	}

	private Event restored(int generation, LaunchPlan plan) {
		Generation copy = plan.workers().generation();
		Path jar = jar(plan);
		if (isThere(generation, plan) || jar == null) {
			return new Event.CodeRestored(generation);
		}
		try {
			if (copy == null) {
				FileStamp present = FileStamp.of(jar);
				boolean absent = present.equals(FileStamp.ABSENT);
				return new Event.CodeNotRestored(generation, absent ? "" : present.toString(),
						jar + (absent ? " does not exist" : " has changed"));
			}
			Generation made = new GenerationStore(WorkDir.open(this.workDir)).of(jar);
			return made.id().equals(copy.id()) ? new Event.CodeRestored(generation)
					: new Event.CodeNotRestored(generation, made.id(), jar + " has other content by now");
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			return new Event.CodeNotRestored(generation, "", String.valueOf(ex.getMessage()));
		}
	}

	private static @Nullable Path jar(LaunchPlan plan) {
		String jar = plan.workers().command().jar();
		return (jar != null) ? Path.of(Command.text(jar)) : null;
	}

	private static FileStamp stamp(Path jar) {
		try {
			return FileStamp.of(jar);
		}
		catch (IOException ex) {
			return FileStamp.ABSENT;
		}
	}

}
