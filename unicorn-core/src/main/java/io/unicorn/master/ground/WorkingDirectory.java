package io.unicorn.master.ground;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * The working directory, which all processes of the pool inherit. A JVM does not start in
 * one that was deleted, so this process changes to the one that has its name by then. The
 * name is that of {@code $PWD} if that names the same directory at the start, as in a
 * shell: it may lead through a link that names another directory later.
 */
final class WorkingDirectory {

	/** The working directory, whatever its name. */
	private static final Path HERE = Path.of(".");

	private static final Path LINK = Path.of("/proc/self/cwd");

	private static final String DELETED = " (deleted)";

	private final Posix posix;

	/** An empty directory of the pool. */
	private final Path substitute;

	private final Path name;

	/** Whether there was anything that Spring Boot reads its configuration from. */
	private final boolean configures;

	/** Whether a missing directory was reported. */
	private boolean reported;

	/**
	 * Create for the present working directory.
	 * @param environment the environment that this process was started with
	 * @param substitute the directory that stands for a deleted one; not made yet
	 */
	WorkingDirectory(Posix posix, List<String> environment, Path substitute) {
		this.posix = posix;
		this.substitute = substitute;
		this.name = name(environment, substitute);
		this.configures = hasConfiguration();
	}

	private static Path name(List<String> environment, Path substitute) {
		Path physical = physical();
		Path logical = environment.stream()
			.filter((variable) -> variable.startsWith("PWD=/"))
			.map((variable) -> Path.of(Command.text(variable.substring("PWD=".length()))))
			.findFirst()
			.orElse(physical);
		// The master before has changed to the substitute.
		return (isHere(logical) || physical.equals(substitute)) ? logical : physical;
	}

	private static Path physical() {
		try {
			return Files.readSymbolicLink(LINK);
		}
		catch (IOException ex) {
			return HERE.toAbsolutePath().normalize();
		}
	}

	private static boolean isHere(Path directory) {
		try {
			return Files.isSameFile(directory, HERE);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean hasConfiguration() {
		try (DirectoryStream<Path> found = Files.newDirectoryStream(HERE, "{config,application*.*}")) {
			return found.iterator().hasNext();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Make sure that there is a working directory.
	 * @return what was done, or {@code null} if nothing was to be done
	 * @throws IOException if it was deleted and configuration with it, or if this process
	 * cannot change to another one
	 */
	@Nullable String restore() throws IOException {
		Path present = physical();
		boolean deleted = present.toString().endsWith(DELETED) && Files.notExists(present);
		if (!deleted && !present.equals(this.substitute)) {
			return null;
		}
		if (Files.isDirectory(this.name)) {
			this.posix.changeDirectory(this.name);
			this.reported = false;
			return "the working directory was deleted; processes start in the one that is at " + this.name + " now";
		}
		if (!deleted) {
			return null;
		}
		if (this.configures) {
			throw new IOException("the working directory " + this.name + " was deleted, and the configuration in it");
		}
		Files.createDirectories(this.substitute);
		this.posix.changeDirectory(this.substitute);
		if (this.reported) {
			return null;
		}
		this.reported = true;
		return "the working directory " + this.name + " was deleted; processes start in an empty one, "
				+ this.substitute + ", until it is there again";
	}

	/**
	 * Change to the directory that has the name of the working directory, if that is
	 * another one by now, as a new start would.
	 * @return what was done, or {@code null} if nothing was to be done
	 * @throws IOException if this process cannot change to it
	 */
	@Nullable String follow() throws IOException {
		if (isHere(this.name) || !Files.isDirectory(this.name)) {
			return null;
		}
		this.posix.changeDirectory(this.name);
		return "the working directory " + this.name + " is another one now, " + this.name.toRealPath()
				+ "; processes start there";
	}

}
