package io.unicorn.boot.messaging.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.unicorn.boot.PoolMessage;
import io.unicorn.boot.PoolMessaging;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Lets what one worker evicts from a local cache be evicted from the caches of all
 * others. Keys of types that are not known here are not sent: the whole cache is cleared
 * in the other workers instead.
 */
public final class SharedEvictions implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(SharedEvictions.class);

	private static final String TOPIC = "unicorn.evict";

	/** What the keys of caches usually are, and what is safe to read. */
	private static final ObjectInputFilter KEYS = ObjectInputFilter.Config
		.createFilter("maxdepth=5;maxrefs=1000;maxarray=1000;java.lang.*;java.util.*;java.time.*;java.math.*;"
				+ "org.springframework.cache.interceptor.SimpleKey;!*");

	private final ObjectProvider<PoolMessaging> messaging;

	private final Map<String, CacheManager> managers = new ConcurrentHashMap<>();

	private boolean subscribed;

	/**
	 * Create.
	 * @param messaging sends what is evicted; is not needed before there is a cache
	 */
	public SharedEvictions(ObjectProvider<PoolMessaging> messaging) {
		this.messaging = messaging;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof CacheManager manager) || !LocalCaches.isKept(manager)) {
			return bean;
		}
		this.managers.put(beanName, manager);
		subscribe();
		Map<String, Cache> telling = new ConcurrentHashMap<>();
		ProxyFactory factory = new ProxyFactory(manager);
		factory.setProxyTargetClass(true);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			Object result = invocation.proceed();
			// A manager may make a cache anew.
			return (result instanceof Cache cache)
					? telling.compute(cache.getName(), (name, known) -> LocalCaches.isOf(known, cache) ? known
							: LocalCaches.telling(cache, new Sender(beanName, name)))
					: result;
		});
		return factory.getProxy(manager.getClass().getClassLoader());
	}

	private synchronized void subscribe() {
		if (!this.subscribed) {
			this.subscribed = true;
			this.messaging.getObject().subscribe(TOPIC, (message) -> {
				receive(message);
				return null;
			});
		}
	}

	/** Sends what is evicted from one cache. */
	private final class Sender implements Evictions {

		private final String manager;

		private final String cache;

		Sender(String manager, String cache) {
			this.manager = manager;
			this.cache = cache;
		}

		@Override
		public void evicted(Object key) {
			if (hasOthers()) {
				try {
					send(encode(this.manager, this.cache, key));
				}
				catch (IOException | RuntimeException ex) {
					// It cannot be serialized.
					cleared();
				}
			}
		}

		@Override
		public void cleared() {
			if (hasOthers()) {
				send(encodeWithoutKey(this.manager, this.cache));
			}
		}

		private boolean hasOthers() {
			return !SharedEvictions.this.messaging.getObject().others().isEmpty();
		}

		private void send(byte[] message) {
			SharedEvictions.this.messaging.getObject().publishToOthers(TOPIC, message);
		}

	}

	private static byte[] encodeWithoutKey(String manager, String cache) {
		try {
			return encode(manager, cache, null);
		}
		catch (IOException ex) {
			throw new IllegalStateException("two names cannot be encoded", ex);
		}
	}

	private static byte[] encode(String manager, String cache, @Nullable Object key) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeUTF(manager);
			out.writeUTF(cache);
			out.writeBoolean(key != null);
			if (key != null) {
				out.writeObject(key);
			}
		}
		if (bytes.size() > PoolMessaging.MAX_BYTES) {
			throw new NotSerializableException("the key is too long");
		}
		return bytes.toByteArray();
	}

	private void receive(PoolMessage message) {
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(message.payload()))) {
			in.setObjectInputFilter(KEYS);
			CacheManager manager = this.managers.get(in.readUTF());
			String name = in.readUTF();
			Cache cache = (manager != null && manager.getCacheNames().contains(name)) ? manager.getCache(name) : null;
			if (cache != null) {
				evict(cache, in);
			}
		}
		catch (IOException ex) {
			logger.warn("An eviction of worker " + message.sender() + " is ignored: " + ex.getMessage());
		}
	}

	private static void evict(Cache cache, ObjectInputStream in) throws IOException {
		if (!in.readBoolean()) {
			cache.clear();
			return;
		}
		try {
			cache.evict(in.readObject());
		}
		catch (IOException | ClassNotFoundException ex) {
			// A key of a type of the application.
			cache.clear();
		}
	}

}
