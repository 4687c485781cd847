package io.unicorn.launch.cache;

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

import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.generation.Sha256;
import io.unicorn.launch.plan.ExclusiveFlag;
import io.unicorn.launch.plan.JvmVariable;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.posix.Command;

/**
 * Identifies a class-data cache: an AOT cache of JDK 25 and later, a CDS archive before.
 * The cache is in the directory of the copy of the application, and is valid for one
 * build of the JDK and one set of JVM flags. Whether its file exists is the matter of
 * {@link CacheFile}. Immutable.
 *
 * @param directory the directory of its file
 * @param key hash of all that it depends on, in hexadecimal digits
 * @param form its kind
 */
public record ClassDataCache(Path directory, String key, Form form) {

	private static final int KEY_BYTES = 12;

	/** The first JDK that makes an AOT cache by one flag. */
	private static final int AOT_SINCE = 25;

	/** The first JDK whose CDS archives are used. */
	static final int CDS_SINCE = 17;

	private static final String BOOT_LOADER = "org.springframework.boot.loader.";

	/**
	 * Beginnings of flags that make the JVM ignore a cache, or that name one. With an
	 * agent, which may change classes when they are loaded, the JVM uses no cache.
	 */
	private static final List<String> UNSUITABLE = List.of("-Xshare", "-XX:SharedArchiveFile",
			"-XX:ArchiveClassesAtExit", "-XX:+AutoCreateSharedArchive", "-XX:-UseSharedSpaces",
			"-XX:+RequireSharedSpaces", "-XX:+DumpSharedSpaces", "-XX:+DynamicDumpSharedSpaces",
			"-XX:SharedClassListFile", "-XX:AOT", "-XX:+AOT", "-XX:-AOT", "-javaagent:", "-agentpath:", "-agentlib:",
			"-Xrun", "--patch-module", "--upgrade-module-path", "--limit-modules", "-Djava.system.class.loader",
			"-XX:StartFlightRecording");

	/** Says how a cache is made and used. */
	public enum Form {

		/** An AOT cache, made by a JVM that the recording one starts when it ends. */
		AOT("aot", "-XX:AOTCacheOutput=", "-XX:AOTCache=", "-Xlog:aot*=off"),

		/** A dynamic CDS archive, made by the recording JVM when it ends. */
		CDS("jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=", "-Xlog:cds*=off"),

		/** A CDS archive in place of the JDK's, made by a JVM that runs no program. */
		STATIC_CDS("jsa", "-XX:SharedArchiveFile=", "-XX:SharedArchiveFile=", "-Xlog:cds*=off");

		private final String extension;

		private final String make;

		private final String use;

		/**
		 * Flag that suppresses the JVM's messages about a cache that it cannot use.
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
	 * Return the cache for the workers of a plan.
	 * @return the cache, or empty if workers can use none: caches are switched off, the
	 * JDK makes none, there is no copy of the application that the JVM reads itself, or
	 * the user's own flags prevent it
	 */
	public static Optional<ClassDataCache> of(LaunchPlan plan) {
		Generation generation = plan.workers().generation();
		if (plan.settings().aotCache() == AotCache.OFF || generation == null
				|| flags(plan).anyMatch((flag) -> UNSUITABLE.stream().anyMatch(flag::startsWith))) {
			return Optional.empty();
		}
		Optional<JavaRelease> release = JavaRelease.of(Path.of(Command.text(plan.workers().java())))
			.filter((jdk) -> jdk.isHotSpot() && jdk.feature() >= CDS_SINCE);
		if (release.isEmpty() || !isReadByJvm(generation)) {
			return Optional.empty();
		}
		Form form = (release.get().feature() >= AOT_SINCE) ? Form.AOT : Form.CDS;
		return Optional.of(new ClassDataCache(generation.directory(), key(release.get(), plan, generation), form));
	}

	/** Return the JVM flags that all workers have. */
	private static Stream<String> flags(LaunchPlan plan) {
		Stream<String> variables = plan.workers()
			.environment()
			.stream()
			.flatMap((variable) -> JvmVariable.of(variable).flags().stream());
		return Stream.of(plan.workers().options().stream(), plan.workers().command().options().stream(), variables)
			.flatMap((flags) -> flags)
			.filter((flag) -> !ExclusiveFlag.is(flag));
	}

	/**
	 * The JVM cannot cache classes from the nested jars that Spring Boot's loader reads.
	 */
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
	 * Return the key. System properties and flags for logging are not part of it, because
	 * the JVM uses a cache regardless of them.
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
	 * Return the flags of a JVM that uses a file of this form, in byte form. They belong
	 * in front of the user's.
	 */
	List<String> useFlags(Path file) {
		return List.of(this.form.quiet, this.form.use + Command.bytes(file));
	}

	/**
	 * Return the flags of a JVM that makes a file of this form when it ends, in byte
	 * form.
	 */
	List<String> createFlags(Path file) {
		return List.of(this.form.make + Command.bytes(file));
	}

}
