package io.unicorn.boot.doctor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ReflectionUtils;

/**
 * Caches in the memory of a worker whose changes the others do not see.
 */
final class CacheRules {

	private static final String[] LOCAL = { "org.springframework.cache.concurrent.ConcurrentMapCacheManager",
			"org.springframework.cache.caffeine.CaffeineCacheManager" };

	private static final String[] SHARED = { "com.hazelcast.core.HazelcastInstance", "org.redisson.api.RedissonClient",
			"org.infinispan.manager.EmbeddedCacheManager" };

	private static final String PUT = "org.springframework.cache.annotation.CachePut";

	private static final String HIBERNATE = "spring.jpa.properties.hibernate.cache.";

	private CacheRules() {
	}

	/** An eviction reaches all workers, but not a value. */
	static Stream<Symptom> put(Inspection inspection) {
		if (!inspection.hasBean(LOCAL)) {
			return Stream.empty();
		}
		return inspection.own()
			.entrySet()
			.stream()
			.flatMap((bean) -> Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(bean.getValue()))
				.filter((method) -> MergedAnnotations.from(method).isPresent(PUT))
				.map((method) -> new Symptom("bean " + bean.getKey() + ", method " + method.getName(),
						"what @CachePut stores reaches the cache of one worker; the others keep the value before",
						"Use @CacheEvict, which reaches all workers, or a cache that they share")));
	}

	/** Hibernate's region factories are JCache's, unless they name what they share. */
	static Stream<Symptom> secondLevel(Inspection inspection) {
		String factory = Objects.toString(inspection.property(HIBERNATE + "region.factory_class"), "")
			.toLowerCase(Locale.ROOT);
		boolean on = inspection.isOn(HIBERNATE + "use_second_level_cache", !factory.isEmpty());
		boolean local = Stream.of("jcache", "ehcache", "caffeine").anyMatch(factory::contains);
		return (on && local && !inspection.hasBean(SHARED)) ? Stream.of(new Symptom(HIBERNATE + "region.factory_class",
				"each worker has a second-level cache of its own; it keeps entities that another worker has changed",
				"Use a region factory with a shared store, or switch the second-level cache off")) : Stream.empty();
	}

}
