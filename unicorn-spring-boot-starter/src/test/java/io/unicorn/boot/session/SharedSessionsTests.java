package io.unicorn.boot.session;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.events.AbstractSessionEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Sessions that two workers share by a file. Both are here in one process.
 */
@ExtendWith(OutputCaptureExtension.class)
class SharedSessionsTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(30);

	@TempDir
	Path directory = Path.of("");

	private final List<String> events = new CopyOnWriteArrayList<>();

	private Worker<?> one = new Worker<>(null);

	private Worker<?> other = new Worker<>(null);

	@BeforeEach
	void open() throws IOException, SQLException {
		this.one = worker();
		this.other = worker();
	}

	@AfterEach
	void close() {
		this.one.sessions().close();
		this.other.sessions().close();
	}

	private Worker<?> worker() throws IOException, SQLException {
		return new Worker<>(SharedSessions.open(this.directory.resolve("sessions/app"), getClass().getClassLoader(),
				() -> TIMEOUT, this::note));
	}

	private void note(Object event) {
		if (event instanceof AbstractSessionEvent of) {
			Session session = of.getSession();
			this.events.add(event.getClass().getSimpleName() + " " + session.getAttributeNames());
		}
	}

	/** What a worker does with sessions. */
	private record Worker<S extends Session>(@Nullable SharedSessions<S> nullable) {

		SharedSessions<S> sessions() {
			if (this.nullable == null) {
				throw new IllegalStateException();
			}
			return this.nullable;
		}

		String create(Map<String, Object> attributes) {
			SharedSession<S> session = sessions().createSession();
			attributes.forEach(session::setAttribute);
			sessions().save(session);
			return session.getId();
		}

		Request<S> request(String id) {
			SharedSession<S> session = sessions().findById(id);
			if (session == null) {
				throw new AssertionError("There is no session " + id);
			}
			session.setLastAccessedTime(Instant.now());
			return new Request<>(sessions(), session);
		}

		@Nullable Object read(String id, String name) {
			return request(id).session().getAttribute(name);
		}

	}

	private record Request<S extends Session>(SharedSessions<S> sessions, SharedSession<S> session) {

		Request<S> set(String name, Object value) {
			this.session.setAttribute(name, value);
			return this;
		}

		@SuppressWarnings("TypeParameterUnusedInFormals")
		<T> T get(String name) {
			return this.session.getRequiredAttribute(name);
		}

		void end() {
			this.sessions.save(this.session);
		}

	}

	@Test
	void aSessionIsThereInAnotherWorkerAndAfterARestart() throws IOException, SQLException {
		String id = this.one.create(Map.of("user", "anna", "cart", new ArrayList<>(List.of("book"))));
		assertThat(this.other.read(id, "user")).isEqualTo("anna");
		close();
		open();
		assertThat(this.other.read(id, "cart")).isEqualTo(List.of("book"));
		assertThat(this.other.request(id).session().getMaxInactiveInterval()).isEqualTo(TIMEOUT);
	}

	@Test
	void theFilesAreForTheirUserAlone() throws IOException {
		this.one.create(Map.of());
		assertThat(Files.getPosixFilePermissions(this.directory.resolve("sessions")))
			.isEqualTo(PosixFilePermissions.fromString("rwx------"));
		try (Stream<Path> files = Files.walk(this.directory.resolve("sessions/app"))) {
			assertThat(files.toList()).hasSizeGreaterThan(3)
				.allSatisfy((file) -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
					.as(file.toString())
					.matches("rw[x-]------"));
		}
	}

	@Test
	void parallelRequestsThatSetDifferentAttributesLoseNone() throws Exception {
		String id = this.one.create(Map.of());
		ExecutorService threads = Executors.newFixedThreadPool(20);
		try {
			List<? extends Request<?>> requests = IntStream.range(0, 20)
				.mapToObj((index) -> ((index % 2 == 0) ? this.one : this.other).request(id))
				.toList();
			List<Callable<Boolean>> ends = new ArrayList<>();
			for (int index = 0; index < requests.size(); index++) {
				Request<?> request = requests.get(index).set("number" + index, index);
				ends.add(() -> {
					request.end();
					return true;
				});
			}
			for (Future<Boolean> end : threads.invokeAll(ends)) {
				assertThat(end.get()).isTrue();
			}
		}
		finally {
			threads.shutdown();
		}
		Request<?> later = this.one.request(id);
		IntStream.range(0, 20).forEach((index) -> assertThat(later.<Integer>get("number" + index)).isEqualTo(index));
	}

	@Test
	void parallelRequestsMaySetTheSameAttributeFirst() {
		String id = this.one.create(Map.of());
		Request<?> first = this.one.request(id).set("step", 1);
		Request<?> second = this.other.request(id).set("step", 2);
		first.end();
		second.end();
		assertThat(this.one.read(id, "step")).isEqualTo(2);
	}

	@Test
	void anAttributeThatAParallelRequestHasRemovedIsSetAgain() {
		String id = this.one.create(Map.of("step", 1));
		Request<?> first = this.one.request(id);
		Request<?> second = this.other.request(id).set("step", 2);
		first.session().removeAttribute("step");
		first.end();
		assertThat(this.one.request(id).session().getAttributeNames()).isEmpty();
		second.end();
		assertThat(this.one.read(id, "step")).isEqualTo(2);
	}

	@Test
	void aValueThatIsChangedInPlaceIsWritten() {
		String id = this.one.create(Map.of("cart", new ArrayList<>(List.of("book"))));
		Request<?> request = this.one.request(id);
		request.<List<String>>get("cart").add("pen");
		request.end();
		assertThat(this.other.read(id, "cart")).isEqualTo(List.of("book", "pen"));
		request.<List<String>>get("cart").add("ink");
		request.end();
		assertThat(this.other.read(id, "cart")).as("changed after it was written")
			.isEqualTo(List.of("book", "pen", "ink"));
	}

	@Test
	void aValueThatIsReadAloneDoesNotOverwriteWhatAParallelRequestHasWritten() {
		// Is serialized in another way when it was read.
		Map<String, Integer> stock = new HashMap<>(1000);
		stock.put("book", 1);
		String id = this.one.create(Map.of("stock", stock, "cart", new ArrayList<>(List.of("book"))));
		Request<?> reading = this.one.request(id);
		assertThat(reading.<Map<String, Integer>>get("stock")).containsEntry("book", 1);
		List<String> cart = reading.get("cart");
		// As Spring MVC does with all that is in the scope of the session.
		reading.set("cart", cart);
		this.other.request(id).set("stock", new HashMap<>(Map.of("book", 2))).set("cart", new ArrayList<>()).end();
		reading.end();
		assertThat(this.one.read(id, "stock")).isEqualTo(Map.of("book", 2));
		assertThat(this.one.read(id, "cart")).isEqualTo(List.of());
	}

	@Test
	void anAttributeThatCannotBeSerializedIsLeftOutWithOneLine(CapturedOutput output) {
		String id = this.one.create(Map.of("user", "anna", "socket", "text"));
		for (int count = 0; count < 2; count++) {
			Request<?> request = this.one.request(id).set("socket", new Object()).set("step", count);
			request.end();
			assertThat(request.<Object>get("socket")).as("in its own request").isNotNull();
		}
		Request<?> later = this.other.request(id);
		assertThat(later.session().getAttributeNames()).containsExactlyInAnyOrder("user", "step");
		assertThat(output.toString()).containsOnlyOnce("The attribute 'socket' of an HTTP session, of java.lang.Object,"
				+ " is left out of the session, because it cannot be serialized: "
				+ "java.io.NotSerializableException: java.lang.Object.");
	}

	@Test
	void aSessionWithAClassThatIsGoneStartsAfresh(CapturedOutput output) throws Exception {
		String id = this.one.create(Map.of("user", "anna", "cart", new Cart("book")));
		String second = this.one.create(Map.of("cart", new Cart("pen")));
		ClassLoader without = new WithoutCart(getClass().getClassLoader());
		try (SharedSessions<?> newer = SharedSessions.open(this.directory.resolve("sessions/app"), without,
				() -> TIMEOUT, this::note)) {
			assertThat(newer.findById(id)).isNull();
			assertThat(newer.findById(second)).isNull();
		}
		assertThat(output.toString()).containsOnlyOnce("The attribute 'cart' of an HTTP session cannot be read: "
				+ "java.lang.ClassNotFoundException: " + Cart.class.getName() + ". This session, and others with such");
		assertThat(this.one.sessions().findById(id)).isNull();
		assertThat(this.events).noneMatch((event) -> event.startsWith("SessionDeleted"));
	}

	@Test
	void listenersAreToldOfSessionsThatBeginAndEnd() {
		String id = this.one.create(Map.of("user", "anna"));
		this.other.sessions().deleteById(id);
		this.one.sessions().deleteById(id);
		assertThat(this.one.sessions().findById(id)).isNull();
		assertThat(this.events).containsExactly("SessionCreatedEvent []", "SessionDeletedEvent [user]");
	}

	@Test
	void aSessionThatHasExpiredIsGoneAndItsEndIsToldOnce() {
		String id = this.one.create(Map.of("user", "anna"));
		String living = this.one.create(Map.of());
		String eternal = this.one.create(Map.of());
		String asLong = this.one.create(Map.of());
		expireAfter(eternal, Duration.ofSeconds(-1));
		expireAfter(asLong, Duration.ZERO);
		expireAfter(id, Duration.ofMillis(1));
		this.events.clear();
		assertThat(this.other.sessions().findById(id)).isNull();
		assertThat(this.events).isEmpty();
		this.other.sessions().removeExpired(Instant.now().plusSeconds(1));
		this.one.sessions().removeExpired(Instant.now().plusSeconds(1));
		assertThat(this.events).containsExactly("SessionExpiredEvent [user]");
		assertThat(this.one.sessions().findById(living)).isNotNull();
		assertThat(this.one.sessions().findById(eternal)).isNotNull();
		assertThat(this.one.sessions().findById(asLong)).isNotNull();
	}

	private void expireAfter(String id, Duration time) {
		Request<?> request = this.one.request(id);
		request.session().setMaxInactiveInterval(time);
		request.end();
	}

	@Test
	void aParallelRequestDoesNotUndoATimeout() {
		String id = this.one.create(Map.of());
		Request<?> before = this.other.request(id);
		expireAfter(id, Duration.ofHours(8));
		before.end();
		this.one.sessions().removeExpired(Instant.now().plus(Duration.ofHours(7)));
		assertThat(this.one.sessions().findById(id)).isNotNull();
	}

	@Test
	void ofTwoLoginsAtOnceTheLastIdIsValid() {
		String id = this.one.create(Map.of());
		Request<?> first = this.one.request(id);
		Request<?> second = this.other.request(id);
		first.session().changeSessionId();
		String now = second.session().changeSessionId();
		first.end();
		second.end();
		assertThat(this.one.sessions().findById(now)).isNotNull();
	}

	@Test
	void anAttributeThatCanBeWrittenAndNotReadIsLeftOut() {
		String id = this.one.create(Map.of("user", "anna"));
		this.one.request(id).set("odd", new Unreadable()).end();
		assertThat(this.other.read(id, "user")).isEqualTo("anna");
		assertThat(this.other.read(id, "odd")).isNull();
	}

	@Test
	void allThatHaveExpiredAreRemoved() {
		List<String> ids = IntStream.range(0, 250)
			.mapToObj((index) -> this.one.create(Map.of("index", index)))
			.toList();
		this.events.clear();
		this.one.sessions().removeExpired(Instant.now().plus(TIMEOUT).plusSeconds(1));
		assertThat(this.events).hasSize(ids.size());
	}

	@Test
	void aParallelRequestDoesNotUndoALogin() {
		String id = this.one.create(Map.of());
		Request<?> image = this.other.request(id);
		Request<?> login = this.one.request(id).set(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, "anna");
		String fresh = login.session().changeSessionId();
		login.end();
		image.end();
		assertThat(fresh).isNotEqualTo(id);
		assertThat(this.one.sessions().findById(id)).isNull();
		assertThat(this.other.sessions().findByPrincipalName("anna")).containsOnlyKeys(fresh);
		Request<?> logout = this.one.request(fresh);
		logout.session().removeAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME);
		logout.end();
		assertThat(this.other.sessions().findByPrincipalName("anna")).isEmpty();
	}

	@Test
	void aSessionThatIsInvalidatedAfterItsIdHasChangedIsGone() {
		String id = this.one.create(Map.of());
		Request<?> request = this.one.request(id);
		String fresh = request.session().changeSessionId();
		this.one.sessions().deleteById(fresh);
		assertThat(this.one.sessions().findById(id)).isNull();
		assertThat(this.one.sessions().findById(fresh)).isNull();
	}

	@Test
	void aRequestOfASessionThatIsDeletedMeanwhileEndsWithoutAnError() {
		String id = this.one.create(Map.of());
		Request<?> request = this.one.request(id).set("step", 1);
		this.other.sessions().deleteById(id);
		request.end();
		assertThat(this.one.sessions().findById(id)).isNull();
	}

	@Test
	void aDamagedFileIsMadeAgain(CapturedOutput output) throws IOException, SQLException {
		String id = this.one.create(Map.of());
		close();
		Files.write(this.directory.resolve("sessions/app/sessions.db"), new byte[10_000]);
		Files.writeString(this.directory.resolve("sessions/app/sessions.db"), "no database ".repeat(1000));
		open();
		assertThat(this.one.sessions().findById(id)).isNull();
		String next = this.one.create(Map.of("step", 1));
		assertThat(this.other.read(next, "step")).isEqualTo(1);
		assertThat(output.toString()).containsOnlyOnce("is damaged");
	}

	@Test
	void aFileThatWasRemovedIsMadeAgain(CapturedOutput output) throws Exception {
		this.one.create(Map.of());
		this.other.create(Map.of());
		delete(this.directory.resolve("sessions"));
		// The file is looked at once a second.
		Thread.sleep(1100);
		String next = this.one.create(Map.of("step", 1));
		assertThat(this.other.read(next, "step")).isEqualTo(1);
		assertThat(output.toString()).contains("was removed or replaced");
	}

	@Test
	void aFileThatCannotBeMadeAgainIsReportedOnceAndThoseWhoHaveItGoOn(CapturedOutput output) throws Exception {
		String id = this.one.create(Map.of("step", 1));
		delete(this.directory.resolve("sessions"));
		Files.writeString(this.directory.resolve("sessions"), "in the way");
		for (int count = 0; count < 2; count++) {
			Thread.sleep(1100);
			assertThat(this.one.read(id, "step")).isEqualTo(1);
		}
		assertThat(output.toString()).containsOnlyOnce("cannot be made again");
	}

	@Test
	void aRequestGoesOnIfOnlyItsTimeIsNotWritten(CapturedOutput output) throws SQLException {
		String id = this.one.create(Map.of("step", 1));
		change("CREATE TRIGGER full BEFORE UPDATE ON SPRING_SESSION BEGIN SELECT RAISE(ABORT, 'it is full'); END");
		this.one.request(id).end();
		Request<?> request = this.one.request(id).set("step", 2);
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(request::end);
		assertThat(this.one.read(id, "step")).isEqualTo(1);
		assertThat(output.toString())
			.containsOnlyOnce("A session is not written, because the file of the HTTP sessions")
			.contains("it is full");
	}

	@Test
	void aSessionThatCannotBeReadIsNotTakenForNone(CapturedOutput output) throws SQLException {
		String id = this.one.create(Map.of("step", 1));
		change("ALTER TABLE SPRING_SESSION RENAME TO SOMETHING");
		for (int count = 0; count < 3; count++) {
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> this.one.sessions().findById(id));
		}
		assertThat(output.toString()).containsOnlyOnce("A session is not read");
	}

	private void change(String sql) throws SQLException {
		try (Connection connection = DriverManager
			.getConnection("jdbc:sqlite:" + this.directory.resolve("sessions/app/sessions.db"));
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static void delete(Path path) throws IOException {
		if (Files.isDirectory(path)) {
			try (var entries = Files.list(path)) {
				for (Path entry : entries.toList()) {
					delete(entry);
				}
			}
		}
		Files.delete(path);
	}

	@Test
	void anUnknownIdIsNoSession() {
		assertThat(this.one.sessions().findById(UUID.randomUUID().toString())).isNull();
		assertThat(this.one.sessions().findById("' OR 1 = 1 --")).isNull();
	}

	private record Cart(String content) implements Serializable {

	}

	/** Its superclass cannot be constructed when it is read. */
	private static final class Unreadable extends Named implements Serializable {

		private static final long serialVersionUID = 1L;

		private Unreadable() {
			super("odd");
		}

	}

	private static class Named {

		private final String name;

		Named(String name) {
			this.name = name;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/** Loads the classes of a version of the application that has no carts. */
	private static final class WithoutCart extends ClassLoader {

		private WithoutCart(ClassLoader parent) {
			super(parent);
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (name.equals(Cart.class.getName())) {
				throw new ClassNotFoundException(name);
			}
			return super.loadClass(name, resolve);
		}

	}

}
