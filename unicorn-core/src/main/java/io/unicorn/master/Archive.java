package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.unicorn.launch.CacheInMaking;
import io.unicorn.launch.ClassDataCache;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.MasterArchive;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * The archive of classes that this master was started with, or is to leave to the next
 * one. Used by the master's main thread alone.
 */
final class Archive {

	private final LaunchPlan program;

	private final @Nullable Path list;

	private final @Nullable Path used;

	/**
	 * Create.
	 * @param program what the master runs from
	 * @param arguments its command line, in byte form
	 */
	Archive(LaunchPlan program, List<String> arguments) {
		this.program = program;
		this.list = MasterArchive.recorded(arguments);
		this.used = MasterArchive.used(arguments);
	}

	/** Return what is to be made, of what this master has loaded. */
	Optional<ClassDataCache> wanted() {
		return (this.list != null) ? MasterArchive.of(this.program) : Optional.empty();
	}

	/**
	 * Return the command that makes it.
	 * @param environment the environment of the master, in byte form
	 */
	Command making(CacheInMaking making, List<String> environment) {
		if (this.list == null) {
			throw new IllegalStateException("nothing was written down");
		}
		return MasterArchive.making(this.program, environment, making, this.list);
	}

	/**
	 * Remove the archive if the JVM does not use it: the next master would not either.
	 * @param maps what is mapped into this process, {@code /proc/self/maps}
	 * @return whether it was removed
	 */
	boolean removeUnused(Path maps) {
		if (this.used == null || Caches.maps(maps, this.used)) {
			return false;
		}
		try {
			return Files.deleteIfExists(this.used);
		}
		catch (IOException ex) {
			// A gain that is not there; nothing depends on it.
			return false;
		}
	}

	/** The list is not needed any more. */
	void close() {
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
