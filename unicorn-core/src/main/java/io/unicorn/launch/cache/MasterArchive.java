package io.unicorn.launch.cache;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Builds the flags and commands for the master's archive of classes, with which a master
 * starts in half the time. A master without an archive records which classes it loads,
 * and a JVM that runs no program makes an archive of these. The archive is in the
 * directory of the master's jars, and is valid for one build of the JDK.
 */
public final class MasterArchive {

	private static final String RECORD = "-XX:DumpLoadedClassList=";

	private static final String USE = "-XX:SharedArchiveFile=";

	/**
	 * Begins as the name of a staging directory, so that an abandoned list is removed.
	 */
	private static final String LIST = "new-classes-";

	private MasterArchive() {
	}

	/**
	 * Return the archive for the master of a plan, whether it exists or not.
	 * @return the archive, or empty if the master can use none: caches are switched off,
	 * the JDK makes none, or the master's classes are not in jars of one directory in the
	 * work dir
	 */
	public static Optional<ClassDataCache> of(LaunchPlan plan) {
		Path home = home(plan);
		if (home == null || plan.settings().aotCache() == AotCache.OFF) {
			return Optional.empty();
		}
		return JavaRelease.of(Path.of(Command.text(plan.workers().java())))
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
	 * Return the JVM flags of a master about its archive: to use it, or to record the
	 * classes for it, or none. Reads the archive to check it.
	 * @param plan the plan of that master
	 * @param file the file that the master reads; its name makes that of the list of
	 * classes unique
	 */
	public static List<String> options(LaunchPlan plan, Path file) {
		return of(plan).map((cache) -> {
			CacheFile archive = new CacheFile(cache);
			return (archive.check() == CacheFile.State.GOOD) ? archive.options() : List.of(cache.form().quiet(),
					RECORD + Command.bytes(cache.directory().resolve(LIST + file.getFileName())));
		}).orElse(List.of());
	}

	/**
	 * Return the list of classes that a master with a command line records, or
	 * {@code null} if it records none.
	 * @param arguments the command line, in byte form
	 */
	public static @Nullable Path recorded(List<String> arguments) {
		return value(arguments, RECORD);
	}

	/**
	 * Return the archive that a master with a command line uses, or {@code null} if it
	 * uses none.
	 * @param arguments the command line, in byte form
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
	 * @param plan the plan of the master that will use it
	 * @param environment the environment of the master, in byte form
	 * @param build the build of the archive
	 * @param list the list of classes
	 */
	public static Command making(LaunchPlan plan, List<String> environment, CacheBuild build, Path list) {
		List<String> arguments = new ArrayList<>();
		arguments.add(WorkerCommand.title(WorkerCommand.TRAINING, plan));
		arguments.add("-Xshare:dump");
		arguments.add("-XX:SharedClassListFile=" + Command.bytes(list));
		arguments.addAll(build.flags());
		arguments.addAll(MasterCommand.JVM_FLAGS);
		// Since JDK 24, classes in the archive are linked already.
		arguments.add("-XX:+AOTClassLinking");
		arguments.add("-cp");
		arguments.add(String.join(":", plan.master().classPath()));
		return new Command(plan.workers().java(), arguments, MasterCommand.commonEnvironment(environment));
	}

}
