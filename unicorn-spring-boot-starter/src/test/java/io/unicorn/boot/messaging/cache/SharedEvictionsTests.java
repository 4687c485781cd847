package io.unicorn.boot.messaging.cache;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;

import io.unicorn.boot.PoolMessaging;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.cache.jcache.JCacheCacheManager;
import org.springframework.cache.support.CompositeCacheManager;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheManagerProxy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Caches of two workers, from each of which something is evicted.
 */
class SharedEvictionsTests {

	private static final String NAME = "books";

	@TempDir
	private Path directory = Path.of("");

	private final List<PoolMessaging> workers = new ArrayList<>();

	private final List<CacheManager> managers = new ArrayList<>();

	private void start(Supplier<? extends CacheManager> manager) throws Exception {
		for (int id = 1; id <= 2; id++) {
			PoolMessaging messaging = PoolMessaging.join(this.directory, id, () -> false);
			this.workers.add(messaging);
			DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
			beans.registerSingleton("messaging", messaging);
			SharedEvictions evictions = new SharedEvictions(beans.getBeanProvider(PoolMessaging.class));
			this.managers.add((CacheManager) evictions.postProcessAfterInitialization(manager.get(), "cacheManager"));
		}
	}

	@AfterEach
	void close() {
		this.workers.forEach(PoolMessaging::close);
	}

	static Stream<Named<Supplier<CacheManager>>> managers() {
		return Stream.of(Named.of("simple", ConcurrentMapCacheManager::new), Named.of("by value", () -> {
			ConcurrentMapCacheManager manager = new ConcurrentMapCacheManager();
			manager.setStoreByValue(true);
			manager.setBeanClassLoader(SharedEvictionsTests.class.getClassLoader());
			return manager;
		}), Named.of("Caffeine", CaffeineCacheManager::new), Named.of("asynchronous Caffeine", () -> {
			CaffeineCacheManager manager = new CaffeineCacheManager();
			manager.setAsyncCacheMode(true);
			return manager;
		}), Named.of("JCache", () -> {
			javax.cache.CacheManager manager = Caching.getCachingProvider()
				.getCacheManager(java.net.URI.create("urn:" + System.nanoTime()), null);
			manager.createCache(NAME, new MutableConfiguration<>());
			JCacheCacheManager spring = new JCacheCacheManager(manager);
			spring.afterPropertiesSet();
			return spring;
		}), Named.of("composite", () -> new CompositeCacheManager(new ConcurrentMapCacheManager(NAME))),
				Named.of("with transactions",
						() -> new TransactionAwareCacheManagerProxy(new ConcurrentMapCacheManager(NAME))),
				Named.of("subclass", () -> new ConcurrentMapCacheManager() {
				}), Named.of("list of caches", () -> {
					SimpleCacheManager manager = new SimpleCacheManager();
					manager.setCaches(List.of(new ConcurrentMapCache(NAME)));
					manager.afterPropertiesSet();
					return manager;
				}));
	}

	private Cache cache(int worker) {
		return Objects.requireNonNull(this.managers.get(worker).getCache(NAME));
	}

	private void fill(Object... keys) {
		for (int worker = 0; worker < 2; worker++) {
			for (Object key : keys) {
				cache(worker).put(key, "value");
			}
		}
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion);
	}

	@ParameterizedTest
	@MethodSource("managers")
	void whatOneWorkerEvictsIsEvictedInAll(Supplier<? extends CacheManager> manager) throws Exception {
		start(manager);
		fill("a", 7L, new SimpleKey("b", 1), "c");
		cache(0).evict("a");
		assertThat(cache(0).evictIfPresent(new SimpleKey("b", 1))).isTrue();
		cache(0).evict(7L);
		await(() -> assertThat(cache(1).get(7L)).isNull());
		assertThat(cache(1).get("a")).isNull();
		assertThat(cache(1).get(new SimpleKey("b", 1))).isNull();
		assertThat(cache(1).get("c")).isNotNull();
		cache(0).clear();
		await(() -> assertThat(cache(1).get("c")).isNull());
		fill("d");
		cache(1).invalidate();
		await(() -> assertThat(cache(0).get("d")).isNull());
	}

	@ParameterizedTest
	@MethodSource("managers")
	void aCacheIsOfTheTypeAndWithTheEntriesThatItHadBefore(Supplier<? extends CacheManager> manager) throws Exception {
		start(manager);
		CacheManager plain = manager.get();
		assertThat(this.managers.get(0)).isInstanceOf(plain.getClass());
		assertThat(cache(0)).isInstanceOf(Objects.requireNonNull(plain.getCache(NAME)).getClass());
		assertThat(cache(0).getName()).isEqualTo(NAME);
		assertThat(cache(0)).isSameAs(cache(0));
		cache(0).put("a", "value");
		assertThat(cache(0).get("a", String.class)).isEqualTo("value");
		assertThat(cache(1).get("a")).isNull();
	}

	record Key(int number) implements Serializable {

	}

	record UnfitKey(Object number) {

	}

	@Test
	void aKeyOfTheApplicationsOwnClearsTheCacheOfOthers() throws Exception {
		start(ConcurrentMapCacheManager::new);
		for (Object key : List.of(new Key(1), new UnfitKey(new Object()), "x".repeat(PoolMessaging.MAX_BYTES))) {
			fill("a", key);
			cache(0).evict(key);
			assertThat(cache(0).get("a")).isNotNull();
			await(() -> assertThat(cache(1).get("a")).isNull());
		}
	}

	@Test
	void anotherManagerIsLeftAlone() throws Exception {
		CacheManager other = new NoOpCacheManager();
		start(() -> other);
		assertThat(this.managers.get(0)).isSameAs(other);
	}

}
