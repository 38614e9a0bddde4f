"""Invented people: names of many countries with their accents, phone numbers and addresses that reach nobody.

Names are put together at random from word lists. E-mail addresses end in the domains reserved for examples.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from frontdesk.models.text import fold

MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net", "mail.example.com", "post.example.org")


@dataclass(frozen=True, slots=True)
class Country:
    """Words of one country. ``phone`` is a pattern in which # stands for a digit."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    phone: str
    #: How two family names are joined in one, empty where that is not done.
    joint: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person; ``email`` and ``phone`` may be empty."""

    name: str
    email: str
    phone: str


def _country(phone: str, given: str, family: str, joint: str = "") -> Country:
    return Country(tuple(given.split()), tuple(family.split()), phone, joint)


COUNTRIES: Final[tuple[Country, ...]] = (
    _country(
        "+49 15# ########",
        "Anja Bärbel Björn Clemens Dörte Elke Frauke Günter Hannelore Imke Jörg Jürgen Käthe Lennart"
        " Lieselotte Marlene Mathis Mia Nele Ottilie Paula Rüdiger Sönke Steffi Sören Theresa Uwe Veit"
        " Wiebke Zoë",
        "Ackermann Bäcker Böhm Brückner Dürr Ebert Förster Fröhlich Gäbler Großmann Günther Hähnel Hübner"
        " Jäger Köhler Krüger Kühn Lindqvist Löffler Mühlbauer Müller Neumann Nüßlein Pfeiffer Röder"
        " Schäfer Schröder Schütz Strauß Thöne Uhlmann Vögele Weiß Wörner Zöllner",
        "-",
    ),
    _country(
        "+33 6 ## ## ## ##",
        "Aimée Anaïs Benoît Camille Céline Chloé Clément Élodie Éric Françoise Gaëlle Gérard Hélène Inès"
        " Jérôme Joël Léa Loïc Maëlle Margaux Mathéo Maëva Noémie Océane Pénélope Rémi Sébastien Solène"
        " Théo Zoé",
        "Aubert Béranger Besnard Bézier Chevallier Côté Delacroix Desprès Dufrêne Étienne Faucher Févre"
        " Garçon Guérin Hébert Lacombe Lefèvre Lemaître Léveillé Maréchal Mercier Moreau Noël Pérès"
        " Prévost Renaud Rivière Sévigny Thériault Vallée",
        "-",
    ),
    _country(
        "+34 6## ### ###",
        "Adrián Agustín Alejandra Álvaro Begoña Belén César Concepción Edurne Elías Estíbaliz Héctor Inés"
        " Íñigo Iván Joaquín Lucía Maite Martín Nerea Óscar Paloma Raúl Rocío Rubén Saúl Sofía Tomás"
        " Verónica Ximena",
        "Álvarez Beltrán Benítez Calderón Castañeda Córdoba Díaz Domínguez Fernández Gálvez García Gómez"
        " Guzmán Hernández Ibáñez Jiménez López Márquez Martínez Muñoz Núñez Ordóñez Peña Pérez Rodríguez"
        " Sánchez Sepúlveda Suárez Vázquez Zúñiga",
        " ",
    ),
    _country(
        "+351 9## ### ###",
        "Afonso Beatriz Bárbara Catarina Cláudio Conceição Débora Fábio Flávia Gonçalo Graça Inês Íris"
        " João Júlia Leonor Lúcio Luís Madalena Márcia Mário Nádia Otávio Patrícia Renato Sérgio Simão"
        " Tânia Vânia Vítor",
        "Abrantes Araújo Assunção Brandão Caçador Câmara Carvalhão Conceição Estêvão Falcão Galvão"
        " Gonçalves Guimarães Leitão Lourenço Magalhães Marçal Mourão Negrão Paixão Pinhão Queirós"
        " Ramalhão Sampaio Simões Teixeira Valadão Vinícius Veríssimo Ximenes",
        " ",
    ),
    _country(
        "+48 5## ### ###",
        "Agnieszka Bartłomiej Bogusława Bożena Celina Dorota Elżbieta Gabryś Grażyna Halina Izabela"
        " Jadwiga Józef Katarzyna Kazimierz Łucja Łukasz Małgorzata Michał Mirosława Paweł Radosław Rafał"
        " Sławomir Stanisława Świętosław Urszula Wacław Zbigniew Żaneta",
        "Bąk Błaszczyk Cieślak Czerwińska Dąbrowska Długosz Gołąb Góra Grześkowiak Jabłońska Jędrzejczyk"
        " Kołodziej Kozłowska Król Krawczyk Ławniczak Łuczak Małek Mężyk Mikołajczyk Ostrowska Piątek"
        " Pietrzyk Rękas Sęk Śliwa Świątek Wąsik Wójcik Żuraw",
    ),
    _country(
        "+420 7## ### ###",
        "Alžběta Anežka Bohuslav Břetislav Dagmar Eliška František Hedvika Jiří Jindřiška Kateřina Květa"
        " Leoš Libuše Ludvík Markéta Matěj Miloš Oldřich Ondřej Přemysl Radek Růžena Šárka Štěpán Tomáš"
        " Václav Věra Zdeněk Žofie",
        "Beneš Blažek Březina Čapek Čermák Doležal Dvořák Fiala Hájek Havlíček Hruška Jeřábek Kadlec"
        " Kolář Kopečný Krejčí Kříž Malý Mašek Němec Novotný Pokorný Říha Růžička Šimek Špaček Tichý Vaněk"
        " Zajíček Žák",
    ),
    _country(
        "+90 53# ### ## ##",
        "Ahmet Ayşe Bülent Büşra Cem Çağla Çiğdem Defne Doğan Elçin Emre Fırat Gökhan Gül Gülşen Hakan"
        " Hüseyin Işıl Kıvanç Leylâ Mehmet Nazlı Oğuz Özge Pınar Selçuk Şebnem Tuğba Ümit Yiğit",
        "Akgün Arıkan Aydın Bağcı Bozkurt Bulut Çakır Çelik Coşkun Demirtaş Doğru Erdoğdu Güneş Güngör"
        " İnce Karagöz Kılıç Koç Öner Özdemir Öztürk Sağlam Şahin Taşkın Tekin Tunç Türkmen Uçar Ünal"
        " Yıldırım",
    ),
    _country(
        "+46 70 ### ## ##",
        "Agnes Åke Åsa Björn Bodil Börje Cajsa Eskil Freja Göran Gösta Håkan Hjördis Ingemar Jörgen Kjell"
        " Lovisa Måns Märta Ola Örjan Pär Ragnhild Rúna Sigrid Sölve Søren Torbjørn Ylva Åshild",
        "Åberg Ahlström Ångström Bäckström Berggren Björklund Blomkvist Bøgh Dahlgård Engström Fält"
        " Forsberg Grönlund Håkansson Hägg Holmström Højgaard Jørgensen Källström Lindström Ljungberg"
        " Löfgren Mårtensson Nyström Öberg Ødegård Rönnlund Sjögren Strømme Vikström",
    ),
    _country(
        "+44 7### ######",
        "Aoife Aidan Alice Beth Bronwyn Caoimhe Ciarán Clodagh Dafydd Eilidh Fergus Fiona Gareth Grace"
        " Harriet Isla Jack Kerr Laoise Máire Morag Niamh Oisín Órla Pádraig Róisín Rhys Saoirse Siân"
        " Tadhg",
        "Ashworth Bainbridge Barlow Brennan Byrne Callaghan Cavendish Davies Doyle Fairhurst Fitzgerald"
        " Gallagher Hargreaves Hughes Kavanagh Llewellyn MacAllister McBride McKenzie Murphy O'Brien"
        " O'Connell O'Dowd O'Neill O'Shea Pritchard Redfern Sutherland Thistlewood Whitcombe",
        "-",
    ),
    _country(
        "+39 3## #######",
        "Agnese Alessio Aurora Benedetta Calogero Carlotta Cosimo Desirée Donato Elettra Fiammetta"
        " Gaetano Ginevra Giosuè Ilaria Jacopo Letizia Ludovica Mattia Mosè Nicolò Noemi Ottavia Pasquale"
        " Raffaele Salvatore Serena Tancredi Tullio Viola",
        "Amatò Barbieri Bellucci Bianchi Calabrò Cannizzaro Colombo D'Amico D'Angelo Fabbri Ferraù Ferri"
        " Galluzzo Giuffrè Macrì Mantovani Marchetti Montanari Niccolò Orsini Pellegrino Quaranta Rinaldi"
        " Santangelo Scalzi Tedesco Urbani Vitale Zanetti Zuccalà",
    ),
    _country(
        "+84 9# ### ####",
        "An Ánh Bảo Bình Châu Cường Diễm Dũng Đạt Giang Hạnh Hải Hiền Hòa Hương Khánh Lan Linh Lộc Mai"
        " Minh Ngọc Nhật Phượng Quân Sơn Thảo Thủy Tuấn Yến",
        "Bùi Cao Châu Dương Đặng Đinh Đỗ Đoàn Hoàng Hồ Huỳnh Kiều Lâm Lê Lương Lưu Lý Mạc Ngô Nguyễn Phạm"
        " Phan Phùng Quách Tạ Thái Tô Trần Trịnh Vũ",
        " ",
    ),
    _country(
        "+234 80# ### ####",
        "Adaeze Adébáyò Amara Ayọ̀bámi Bísí Chidi Chinedu Chioma Damilola Ebere Èjìdé Fọlákẹ́ Gbenga"
        " Ifeoma Ikenna Kehinde Mira Ngozi Nkechi Obinna Olúfẹ́mi Olúwaseun Rotimi Ṣadé Tèmítọ́pẹ́ Tobi"
        " Uche Yéwándé Yusuf Zainab",
        "Abiola Adébísí Adeyemi Afolabi Akíntúndé Anyanwu Azikiwe Balogun Chukwu Dosunmu Ekwueme Eze"
        " Fáshọlá Gbadamosi Ìdòwú Igwe Iwu Jídé Lawal Mbah Nnamdi Nwosu Obi Odunsi Ogunleye Okafor Okonkwo"
        " Ọláníyan Onyango Uzoma",
    ),
    _country(
        "+91 98### #####",
        "Aarav Aditi Ananya Arjun Bhavna Chetan Deepa Devika Divya Esha Farhan Gauri Harsh Ishaan Jaya"
        " Kabir Kavya Lakshmi Manoj Meera Naveen Nisha Parvati Pranav Rajesh Rhea Sanjana Tara Vikram"
        " Yamini",
        "Acharya Banerjee Bhattacharya Chandra Chatterjee Desai Deshmukh Ganguly Gupta Iyer Joshi Kapoor"
        " Khatri Kulkarni Mahajan Mehta Mishra Mukherjee Nair Nambiar Pandey Patel Pillai Raghavan Rao"
        " Reddy Sengupta Sharma Thakur Venkataraman",
    ),
    _country(
        "+36 30 ### ####",
        "Ágnes Ákos Attila Balázs Barnabás Boglárka Csaba Csilla Dénes Dóra Emőke Enikő Erzsébet Gergő"
        " Győző Gyöngyi Ildikó Jenő Kálmán Kinga László Lőrinc Márton Nándor Piroska Réka Sándor Tünde"
        " Zoltán Zsófia",
        "Ádám Balogh Bárány Bíró Csűrös Erdős Farkas Fehér Füredi Gárdonyi Hegedűs Horváth Juhász Kárpáti"
        " Kőszegi Lakatos Lőrincz Mészáros Nagy Orosz Pálfi Rózsa Somogyi Szabó Szűcs Takács Tóth Ürmös"
        " Vörös Zsoldos",
        "-",
    ),
    _country(
        "+381 64 ### ####",
        "Anđela Bojan Božidar Branka Čedomir Dijana Dragiša Đorđe Đurđa Goran Jasna Jelena Ljiljana"
        " Marija Milica Miloš Nataša Nemanja Nikolina Petar Rastko Sanja Slađana Stevan Šime Tijana Vesna"
        " Vuk Zdravko Željko",
        "Babić Blažević Bogdanović Crnčević Čolić Ćosić Đukić Đurić Filipović Grubišić Horvat Ilić"
        " Ivanišević Jokić Jurić Kovačević Lazić Lončar Marić Marušić Nikolić Obradović Perišić Rajković"
        " Šarić Šimić Tadić Vučković Zorić Žganec",
    ),
    _country(
        "+30 69# ### ####",
        "Αγγελική Αθανάσιος Βασίλης Γιώργος Δήμητρα Ειρήνη Ελένη Ζωή Ηλίας Θεοδώρα Ιωάννα Κατερίνα Κώστας"
        " Μαρία Νίκος Ξένια Παναγιώτης Σοφία Στέλιος Φωτεινή",
        "Αλεξίου Βλάχος Γεωργίου Δημητρίου Ζαφείρης Ιωάννου Καλογεράς Λαμπρόπουλος Μαυρίδης Νικολάου"
        " Οικονόμου Παππάς Ρήγας Σταύρου Τσάκωνας Φραγκιάς Χατζής Ψαρράς",
    ),
)
#: How often a country comes up: the studio's own neighbours more than the others.
_WEIGHTS: Final = (26, 9, 8, 7, 8, 4, 7, 6, 14, 6, 3, 4, 4, 3, 3, 1)


def invent(rng: random.Random) -> Person:
    """A person out of the word lists; the same state of ``rng`` gives the same person."""
    country = rng.choices(COUNTRIES, _WEIGHTS)[0]
    given = rng.choice(country.given)
    family = rng.choice(country.family)
    if country.joint and rng.random() < 0.3:
        family += country.joint + rng.choice(country.family)
    elif rng.random() < 0.2:
        given += " " + rng.choice(country.given)
    name = f"{given} {family}"
    email = address(rng, given, family) if rng.random() < 0.86 else ""
    phone = number(rng, country.phone) if rng.random() < 0.82 else ""
    return Person(name, email, phone)


def address(rng: random.Random, given: str, family: str) -> str:
    """An e-mail address such a person might have, in a domain that belongs to nobody."""
    first, last = _letters(given) or "guest", _letters(family) or "guest"
    local = rng.choice((f"{first}.{last}", f"{first}{last}", f"{first[0]}.{last}", f"{last}.{first}", first))
    return f"{local}{rng.randrange(100, 99_999) if rng.random() < 0.7 else ''}@{rng.choice(MAIL_DOMAINS)}"


def number(rng: random.Random, pattern: str) -> str:
    """A phone number of that shape."""
    return "".join(rng.choice("123456789") if char == "#" else char for char in pattern)


def _letters(text: str) -> str:
    return "".join(
        char for char in fold(text).replace(" ", "-") if char.isascii() and (char.isalnum() or char == "-")
    )
