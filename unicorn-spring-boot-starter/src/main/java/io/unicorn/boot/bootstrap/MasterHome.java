package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.launch.MasterProgram;
import io.unicorn.launch.UnsafeWorkDirException;
import io.unicorn.launch.WorkDir;
import io.unicorn.posix.Command;

/**
 * Where the master keeps its files, and what it runs from there.
 *
 * @param workDir the private directory
 * @param library the class path of the master
 * @param notices what the operator should know about it
 */
record MasterHome(WorkDir workDir, MasterLibrary library, List<String> notices) {

	/** In memory, and writable also where the whole file system is not. */
	private static final Path MEMORY = Path.of("/dev/shm");

	MasterHome {
		notices = List.copyOf(notices);
	}

	/**
	 * Find a directory that can be used: the configured one, or else the usual one, or
	 * else one in memory.
	 * @throws NoPlaceForMasterException if there is none
	 * @throws MasterNotStartedException if the first one is not safe
	 */
	static MasterHome find(UnicornProperties properties, ClassLoader classLoader) {
		String configured = properties.workDir();
		Path first = (configured != null) ? Path.of(configured) : WorkDir.defaultPath();
		Set<Path> candidates = new LinkedHashSet<>(List.of(first, MEMORY.resolve(WorkDir.defaultPath().getFileName())));
		List<String> notices = new ArrayList<>();
		IOException failure = new IOException("there is no directory to try");
		for (Path candidate : candidates) {
			try {
				return open(candidate, classLoader,
						notices.stream().map((notice) -> notice + ", " + candidate + " is used instead").toList());
			}
			catch (UnsafeWorkDirException ex) {
				if (!candidate.equals(first)) {
					break;
				}
				throw new MasterNotStartedException("The private directory cannot be used",
						"Put right what is wrong with it, or set unicorn.work-dir to another path.", ex);
			}
			catch (IOException ex) {
				failure = candidate.equals(first) ? ex : failure;
				notices.add("the private directory " + candidate + " cannot be used ("
						+ MasterNotStartedException.reason(ex) + ")");
			}
		}
		throw new NoPlaceForMasterException(first, failure);
	}

	/**
	 * Return what a master is launched with.
	 */
	MasterProgram program() {
		Path nativeDirectory = this.library.nativeDirectory();
		return new MasterProgram(Command.bytes(Path.of(this.workDir.toString())),
				this.library.classPath().stream().map(Command::bytes).toList(),
				(nativeDirectory != null) ? Command.bytes(nativeDirectory) : null);
	}

	/**
	 * Use the directory that the master uses already.
	 */
	static MasterHome at(Path directory, ClassLoader classLoader) {
		try {
			return open(directory, classLoader, List.of());
		}
		catch (IOException ex) {
			throw new MasterNotStartedException("What the master needs cannot be stored",
					"Make sure that " + directory + " can be written to and has space left.", ex);
		}
	}

	private static MasterHome open(Path directory, ClassLoader classLoader, List<String> notices) throws IOException {
		WorkDir workDir = WorkDir.open(directory);
		return new MasterHome(workDir, MasterLibrary.extract(classLoader, workDir), notices);
	}

}
