"""What each rule of portal.yaml finds and what it lets pass. Nobody runs this file: `semgrep --test` reads its remarks."""


def networks(gateway, provider, request):
    with transaction.atomic():
        order = locked(1)
        # ruleid: network-in-a-transaction
        gateway.confirm(order)
        # ok: network-in-a-transaction
        request.session.get("codes")
        # ruleid: network-in-a-transaction
        default_storage.delete(order.name)
        # ok: network-in-a-transaction
        kept_files.drop([order.name])
    # ok: network-in-a-transaction
    provider.send(order)


@transaction.atomic
def network_in_a_decorated_one(order):
    # ruleid: network-in-a-transaction
    return gateways.gateway("behpardakht").inquire(order)


def lines(address):
    # ruleid: line-without-limits
    requests.get(address)
    # ruleid: line-without-limits
    one = requests.Session()
    # ok: line-without-limits
    return wire.session()


def redirects(request):
    # ruleid: led-to-where-the-request-says
    return redirect(request.GET.get("next", "/"))


def redirects_in_steps(request):
    target = request.POST["back"]
    if target:
        # ruleid: led-to-where-the-request-says
        return HttpResponseRedirect(target)
    # ok: led-to-where-the-request-says
    return redirect(safe_next(request) or "portal:places")


def echoes(request):
    # ruleid: echoed-without-escaping
    return HttpResponse("<p>" + request.GET["q"])


def echoes_safely(request):
    # ok: echoed-without-escaping
    return HttpResponse(format_html("<p>{}", request.GET["q"]))


def safe_strings(text):
    # ruleid: safe-string-of-a-value
    one = SafeString(text)
    # ok: safe-string-of-a-value
    other = SafeString("")
    return one + other


def logs(user, password, request):
    # ruleid: a-secret-or-person-in-the-log
    logger.info("signed in: %s", user.mobile)
    # ruleid: a-secret-or-person-in-the-log
    logger.error("wrong: %s", password)
    # ruleid: a-secret-or-person-in-the-log
    logger.warning(f"sent: {request.POST}")
    # ok: a-secret-or-person-in-the-log
    logger.info("signed in: %s", user.pk)


# ruleid: form-without-its-token
@csrf_exempt
def open_to_all(request):
    return None


# ok: form-without-its-token
@require_POST
def closed(request):
    return None


def rows(request, pk):
    # ruleid: row-of-an-owner-without-visible-to
    one = get_object_or_404(Place, pk=pk)
    # ruleid: row-of-an-owner-without-visible-to
    two = Order.objects.get(pk=pk)
    # ok: row-of-an-owner-without-visible-to
    three = get_object_or_404(Place.objects.visible_to(request.user), pk=pk)
    # ok: row-of-an-owner-without-visible-to
    return get_object_or_404(Category, pk=pk)


def statements(cursor, name):
    # ruleid: statement-of-pieces
    cursor.execute(f"SELECT 1 FROM places WHERE title = '{name}'")
    # ruleid: statement-of-pieces
    cursor.execute("SELECT 1 FROM places WHERE title = '%s'" % name)
    # ruleid: statement-of-pieces
    Place.objects.raw("SELECT 1")
    # ok: statement-of-pieces
    cursor.execute("SELECT 1 FROM places WHERE title = %s", [name])


def cookies(response):
    # ruleid: cookie-that-scripts-can-read
    response.set_cookie("device", "1")
    # ruleid: cookie-that-scripts-can-read
    response.set_cookie("device", "1", httponly=True)
    # ok: cookie-that-scripts-can-read
    response.set_cookie("device", "1", secure=settings.X, samesite="Lax", httponly=True)


def hosts(request):
    # ruleid: name-of-the-host-from-the-request
    one = request.build_absolute_uri("/c/")
    # ok: name-of-the-host-from-the-request
    return settings.BASE_URL + "/c/"


def clients(request):
    # ruleid: address-of-the-client-by-hand
    one = request.META["REMOTE_ADDR"]
    # ruleid: address-of-the-client-by-hand
    two = request.headers.get("X-Forwarded-For", "")
    # ok: address-of-the-client-by-hand
    three = request.headers.get("Referer", "")
    # ok: address-of-the-client-by-hand
    return client_address(request)


def papers(text):
    # ruleid: xml-that-may-name-entities
    one = etree.fromstring(text)
    # ruleid: xml-that-may-name-entities
    parser = etree.XMLParser(huge_tree=True)
    # ok: xml-that-may-name-entities
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    # ok: xml-that-may-name-entities
    return etree.fromstring(text, parser)


def pictures(file):
    # ruleid: file-of-others-unfolded-elsewhere
    one = Image.open(file)
    # ruleid: file-of-others-unfolded-elsewhere
    two = zipfile.ZipFile(file)
    # ok: file-of-others-unfolded-elsewhere
    three = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
    # ok: file-of-others-unfolded-elsewhere
    return photo_files.read(file, 1)


class PlaceForm(ModelForm):
    class Meta:
        model = Place
        # ruleid: every-field-of-a-row-from-a-form
        fields = "__all__"


class OtherForm(ModelForm):
    class Meta:
        model = Place
        # ok: every-field-of-a-row-from-a-form
        fields = ["title"]


def assigned(request, place):
    # ruleid: every-field-of-a-row-from-a-form
    for name, value in request.POST.items():
        setattr(place, name, value)


def compared(request, row, digest):
    # ruleid: secret-compared-letter-by-letter
    one = row.token == request.GET["token"]
    # ruleid: secret-compared-letter-by-letter
    two = digest != row.kept
    # ok: secret-compared-letter-by-letter
    three = row.token == ""
    # ok: secret-compared-letter-by-letter
    return constant_time_compare(row.token, request.GET["token"])
