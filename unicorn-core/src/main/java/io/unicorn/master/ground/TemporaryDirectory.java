package io.unicorn.master.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.unicorn.launch.lease.Leases;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * The directory of temporary files of workers ({@code java.io.tmpdir}). Tomcat keeps its
 * base directory there, so a worker does not boot without one.
 */
final class TemporaryDirectory {

	private static final String FLAG = "-Djava.io.tmpdir=";

	/** Where the JVM looks on Linux; it does not read {@code TMPDIR}. */
	private static final Path DEFAULT = Path.of("/tmp");

	private final Path workDir;

	private final Consumer<String> log;

	private @Nullable Path reported;

	/**
	 * Create.
	 * @param log is told what was done
	 */
	TemporaryDirectory(Path workDir, Consumer<String> log) {
		this.workDir = workDir;
		this.log = log;
	}

	/**
	 * Return a plan whose workers have a directory of temporary files: the one that they
	 * are told, or one in the work dir while that one does not exist.
	 * @throws IOException if neither exists, and the latter cannot be made
	 */
	LaunchPlan check(LaunchPlan plan) throws IOException {
		Path told = of(plan);
		if (Files.isDirectory(told)) {
			if (told.equals(this.reported)) {
				this.reported = null;
			}
			return plan;
		}
		if (told.startsWith(this.workDir)) {
			Files.createDirectories(told, WorkDir.PRIVATE_DIRECTORY);
			this.log.accept("the directory of temporary files " + told + " was deleted; it is made again");
			return plan;
		}
		Path own = WorkDir.open(this.workDir).directory(Leases.TEMPORARY);
		if (!told.equals(this.reported)) {
			this.reported = told;
			this.log.accept("the directory of temporary files " + told + " does not exist; workers start with " + own
					+ " until it does");
		}
		return plan.withLastFlag(FLAG + Command.bytes(own));
	}

	/** Return what the JVM takes: the last flag, and of the variables the strongest. */
	private static Path of(LaunchPlan plan) {
		List<String> variables = plan.workers().environment();
		Stream<String> flags = Stream
			.of(flags(variables, "JAVA_TOOL_OPTIONS="), flags(variables, "JDK_JAVA_OPTIONS="),
					plan.workers().options().stream(), plan.workers().command().options().stream(),
					flags(variables, "_JAVA_OPTIONS="))
			.flatMap((some) -> some);
		Optional<String> last = flags.filter((flag) -> flag.startsWith(FLAG)).reduce((former, later) -> later);
		return last.map((flag) -> Path.of(Command.text(flag.substring(FLAG.length())))).orElse(DEFAULT);
	}

	private static Stream<String> flags(List<String> variables, String name) {
		return variables.stream()
			.filter((variable) -> variable.startsWith(name))
			.flatMap((variable) -> Stream.of(variable.substring(name.length()).split("[\\s\"']+", -1)));
	}

}
