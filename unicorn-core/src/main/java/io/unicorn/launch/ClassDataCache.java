package io.unicorn.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

import io.unicorn.posix.Command;

/**
 * A cache of class data that would suit the workers of a plan: an AOT cache of JDK 25 and
 * later, a dynamic CDS archive before. It lies beside the copy of the application that it
 * belongs to, and is good for one build of the JDK and one set of JVM flags.
 *
 * @param directory the directory of the generation
 * @param key what it depends on, as a hash in hexadecimal digits
 * @param form its kind
 */
public record ClassDataCache(Path directory, String key, Form form) {

	private static final int KEY_BYTES = 12;

	/** The first JDK that makes an AOT cache in one step. */
	private static final int AOT_SINCE = 25;

	static final int CDS_SINCE = 17;

	private static final String BOOT_LOADER = "org.springframework.boot.loader.";

	/**
	 * Flags that make the JVM do without a cache, or that name one. Agents see and change
	 * classes as they are loaded, which the JVM takes for a reason to load them all
	 * itself.
	 */
	private static final List<String> UNSUITABLE = List.of("-Xshare", "-XX:SharedArchiveFile",
			"-XX:ArchiveClassesAtExit", "-XX:+AutoCreateSharedArchive", "-XX:-UseSharedSpaces",
			"-XX:+RequireSharedSpaces", "-XX:+DumpSharedSpaces", "-XX:+DynamicDumpSharedSpaces",
			"-XX:SharedClassListFile", "-XX:AOT", "-XX:+AOT", "-XX:-AOT", "-javaagent:", "-agentpath:", "-agentlib:",
			"-Xrun", "--patch-module", "--upgrade-module-path", "--limit-modules", "-Djava.system.class.loader",
			"-XX:StartFlightRecording");

	/** How a cache is made and used. */
	public enum Form {

		/** An AOT cache, made by a JVM that the recording one starts when it ends. */
		AOT("aot", "-XX:AOTCacheOutput=", "-XX:AOTCache=", "-Xlog:aot*=off"),

		/** A dynamic CDS archive, made by the recording JVM when it ends. */
		CDS("jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=", "-Xlog:cds*=off"),

		/** A CDS archive in place of the JDK's, made by a JVM that does nothing else. */
		STATIC_CDS("jsa", "-XX:SharedArchiveFile=", "-XX:SharedArchiveFile=", "-Xlog:cds*=off");

		private final String extension;

		private final String make;

		private final String use;

		/**
		 * A cache that does not suit is no error, and the one that has to hear of it is
		 * the master.
		 */
		private final String quiet;

		Form(String extension, String make, String use, String quiet) {
			this.extension = extension;
			this.make = make;
			this.use = use;
			this.quiet = quiet;
		}

		String extension() {
			return this.extension;
		}

		String quiet() {
			return this.quiet;
		}

	}

	/**
	 * Return the cache that would suit the workers of a plan, or nothing if there is
	 * none: because it is switched off, because there is no copy of the application that
	 * the JVM reads itself, or because of the user's own flags.
	 */
	public static Optional<ClassDataCache> of(LaunchPlan plan) {
		Generation generation = plan.generation();
		if (plan.settings().aotCache() == AotCache.OFF || generation == null
				|| flags(plan).anyMatch((flag) -> UNSUITABLE.stream().anyMatch(flag::startsWith))) {
			return Optional.empty();
		}
		Optional<JavaRelease> release = JavaRelease.of(Path.of(Command.text(plan.java())))
			.filter((jdk) -> jdk.isHotSpot() && jdk.feature() >= CDS_SINCE);
		if (release.isEmpty() || !isReadByJvm(generation)) {
			return Optional.empty();
		}
		Form form = (release.get().feature() >= AOT_SINCE) ? Form.AOT : Form.CDS;
		return Optional.of(new ClassDataCache(generation.directory(), key(release.get(), plan, generation), form));
	}

	/** The JVM flags of workers, but those that only one of them may have. */
	private static Stream<String> flags(LaunchPlan plan) {
		Stream<String> variables = plan.workerEnvironment()
			.stream()
			.flatMap((variable) -> Stream.of(variable.substring(variable.indexOf('=') + 1).split("[\\s\"']+", -1)));
		return Stream.of(plan.workerOptions().stream(), plan.command().options().stream(), variables)
			.flatMap((flags) -> flags)
			.filter((flag) -> !flag.isEmpty() && !JavaCommandLine.isExclusive(flag));
	}

	/** In the nested jars of Spring Boot's loader, the JVM cannot cache what it finds. */
	private static boolean isReadByJvm(Generation generation) {
		if (generation.form() == Generation.Form.EXTRACTED) {
			return true;
		}
		try (JarFile jar = new JarFile(generation.jar().toFile(), false)) {
			Manifest manifest = jar.getManifest();
			String main = (manifest != null) ? manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS) : null;
			return main != null && !main.startsWith(BOOT_LOADER);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * System properties are not part of it, because the JVM's use of a cache does not
	 * depend on them, nor is what only concerns logging.
	 */
	private static String key(JavaRelease release, LaunchPlan plan, Generation generation) {
		List<String> parts = new ArrayList<>();
		parts.add(release.home().toString());
		parts.add(release.description());
		parts.add(generation.jar().toString());
		flags(plan).filter((flag) -> !flag.startsWith("-D") && !flag.startsWith("-Xlog")).forEach(parts::add);
		return hash(parts);
	}

	static String hash(List<String> parts) {
		byte[] hash = Sha256.of(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
		return HexFormat.of().formatHex(hash, 0, KEY_BYTES);
	}

	/**
	 * Return the flags of a JVM that is to use a file of this form. They belong in front
	 * of the user's.
	 */
	List<String> using(Path file) {
		return List.of(this.form.quiet, this.form.use + Command.bytes(file));
	}

	/** Return the flags of a JVM that is to make a file of this form when it ends. */
	List<String> making(Path file) {
		return List.of(this.form.make + Command.bytes(file));
	}

}
