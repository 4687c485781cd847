package io.unicorn.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * The master's own archive of classes, from which it starts in half the time. A master
 * that finds none writes down which classes it loads, and a JVM that runs nothing makes
 * an archive of these. It lies beside the jars that it belongs to, and is good for one
 * build of the JDK.
 */
public final class MasterArchive {

	private static final String RECORD = "-XX:DumpLoadedClassList=";

	private static final String USE = "-XX:SharedArchiveFile=";

	/** Whoever leaves such a file behind is cleaned up after. */
	private static final String LIST = "new-classes-";

	private MasterArchive() {
	}

	/**
	 * Return the archive that would suit the master of a plan, or nothing if there is
	 * none: because caches are switched off, or because its classes are not in jars of
	 * the private directory.
	 */
	public static Optional<ClassDataCache> of(LaunchPlan plan) {
		Path home = home(plan);
		if (home == null || plan.settings().aotCache() == AotCache.OFF) {
			return Optional.empty();
		}
		return JavaRelease.of(Path.of(Command.text(plan.java())))
			.filter((jdk) -> jdk.isHotSpot() && jdk.feature() >= ClassDataCache.CDS_SINCE)
			.map((jdk) -> new ClassDataCache(home, key(jdk, plan), ClassDataCache.Form.STATIC_CDS));
	}

	private static @Nullable Path home(LaunchPlan plan) {
		List<Path> jars = plan.master().classPath().stream().map((jar) -> Path.of(Command.text(jar))).toList();
		Path home = jars.isEmpty() ? null : jars.get(0).getParent();
		boolean suitable = home != null && home.startsWith(Command.text(plan.master().workDir()))
				&& jars.stream().allMatch((jar) -> jar.startsWith(home) && jar.toString().endsWith(".jar"));
		return suitable ? home : null;
	}

	private static String key(JavaRelease jdk, LaunchPlan plan) {
		List<String> parts = new ArrayList<>(List.of(jdk.home().toString(), jdk.description()));
		parts.addAll(plan.master().classPath());
		parts.addAll(MasterCommand.JVM_FLAGS);
		return ClassDataCache.hash(parts);
	}

	/**
	 * Return the JVM flags of a master: to use the archive, or to write down what it is
	 * to be made of, or none.
	 * @param file the file that the master is to read, to name the list after
	 */
	static List<String> options(LaunchPlan plan, Path file) {
		return of(plan).map((cache) -> {
			CacheFile archive = new CacheFile(cache);
			return (archive.check() == CacheFile.State.GOOD) ? archive.options() : List.of(cache.form().quiet(),
					RECORD + Command.bytes(cache.directory().resolve(LIST + file.getFileName())));
		}).orElse(List.of());
	}

	/**
	 * Return the list of classes that a master with this command line writes, or
	 * {@code null} if it writes none.
	 * @param arguments in byte form
	 */
	public static @Nullable Path recorded(List<String> arguments) {
		return value(arguments, RECORD);
	}

	/**
	 * Return the archive that a master with this command line is to use, or {@code null}
	 * if it has none.
	 * @param arguments in byte form
	 */
	public static @Nullable Path used(List<String> arguments) {
		return value(arguments, USE);
	}

	private static @Nullable Path value(List<String> arguments, String flag) {
		return arguments.stream()
			.takeWhile((argument) -> !argument.equals(MasterCommand.MAIN))
			.filter((argument) -> argument.startsWith(flag))
			.map((argument) -> Path.of(Command.text(argument.substring(flag.length()))))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Build the command of a process that makes an archive.
	 * @param plan whose master it is for
	 * @param environment the environment of the master, in byte form
	 * @param making the archive that is being made
	 * @param list the classes
	 */
	public static Command making(LaunchPlan plan, List<String> environment, CacheInMaking making, Path list) {
		List<String> arguments = new ArrayList<>();
		arguments.add(WorkerCommand.title(WorkerCommand.TRAINING, plan));
		arguments.add("-Xshare:dump");
		arguments.add("-XX:SharedClassListFile=" + Command.bytes(list));
		arguments.addAll(making.cache().making(making.file()));
		arguments.addAll(MasterCommand.JVM_FLAGS);
		// Since JDK 24: classes are linked already when they come out of the archive.
		arguments.add("-XX:+AOTClassLinking");
		arguments.add("-cp");
		arguments.add(String.join(":", plan.master().classPath()));
		return new Command(plan.java(), arguments, MasterCommand.commonEnvironment(environment));
	}

}
