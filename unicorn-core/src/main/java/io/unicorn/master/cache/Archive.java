package io.unicorn.master.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.unicorn.launch.cache.CacheBuild;
import io.unicorn.launch.cache.ClassDataCache;
import io.unicorn.launch.cache.MasterArchive;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Checks the archive of classes that this master was started with, and makes one for the
 * next master if there was none. Used by the master's main thread alone.
 */
public final class Archive {

	private final LaunchPlan program;

	private final @Nullable Path list;

	private final @Nullable Path used;

	/**
	 * Create.
	 * @param program what the master runs from
	 * @param arguments its command line, in byte form
	 */
	public Archive(LaunchPlan program, List<String> arguments) {
		this.program = program;
		this.list = MasterArchive.recorded(arguments);
		this.used = MasterArchive.used(arguments);
	}

	/**
	 * Return the archive to make from the list of loaded classes, if this master writes
	 * one.
	 */
	public Optional<ClassDataCache> wanted() {
		return (this.list != null) ? MasterArchive.of(this.program) : Optional.empty();
	}

	/** Whether what it is made of is there: the list and the master's jars. */
	boolean isPossible() {
		return this.list != null && Files.exists(this.list)
				&& this.program.master()
					.classPath()
					.stream()
					.allMatch((jar) -> Files.exists(Path.of(Command.text(jar))));
	}

	/**
	 * Return the command that makes it.
	 * @param environment the environment of the master, in byte form
	 */
	public Command making(CacheBuild making, List<String> environment) {
		if (this.list == null) {
			throw new IllegalStateException("this master writes no list of its classes");
		}
		return MasterArchive.making(this.program, environment, making, this.list);
	}

	/**
	 * Remove the archive if the JVM does not use it: the next master would not either.
	 * @param maps what is mapped into this process, {@code /proc/self/maps}
	 * @return whether it was removed
	 */
	public boolean removeUnused(Path maps) {
		if (this.used == null || Caches.maps(maps, this.used)) {
			return false;
		}
		try {
			return Files.deleteIfExists(this.used);
		}
		catch (IOException ex) {
			// The next master starts without its help.
			return false;
		}
	}

	/** Remove the list of classes. */
	public void close() {
		if (this.list != null) {
			try {
				Files.deleteIfExists(this.list);
			}
			catch (IOException ex) {
				// It is removed with the next archive that is made, or with the jars.
			}
		}
	}

}
