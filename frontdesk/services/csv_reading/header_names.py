"""What other systems call their columns, in English, German, French, Spanish, Italian, Portuguese and Dutch.

Names are written as `columns.plain_header` leaves them (folded, without punctuation); of a field's names the
earlier is preferred where a file has several. What is missing here on purpose: the contacts of other people
(emergency, parent), money balances, and dates that are no expiry.
"""

from __future__ import annotations

from typing import Final


def _names(listed: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in listed.split(","))


NAMES: Final[dict[str, tuple[str, ...]]] = {
    "first_name": _names(
        """first name, firstname, given name, forename, first, fname, preferred first name, legal first name,
        vorname, rufname, prenom, primer nombre, nombre de pila, primeiro nome, voornaam, fornamn,
        fornavn, imie"""
    ),
    "last_name": _names(
        """last name, lastname, surname, family name, last, lname, legal last name, nachname, familienname,
        zuname, nom de famille, nom famille, apellidos, apellido, primer apellido, cognome, sobrenome,
        apelido, achternaam, efternamn, etternavn, efternavn, nazwisko"""
    ),
    "full_name": _names(
        """full name, name, fullname, client name, customer name, member name, display name, client,
        customer, member, attendee, student, student name, attendee name, contact name, contact, first and
        last name, first last name, name first last, name last first, last name first name, vollstandiger
        name, kundenname, vor und nachname, vorname und nachname, vorname nachname, name vorname, nachname
        vorname, kunde, mitglied, mitgliedsname, teilnehmer, teilnehmername, nom complet, nom et prenom,
        prenom et nom, nom prenom, nom, adherent, nombre completo, nombre y apellidos, nombre y apellido,
        apellidos y nombre, nombre, nombre cliente, nombre del cliente, cliente, alumno, socio, nome
        completo, nome e cognome, cognome e nome, nome, volledige naam, naam, namn, navn, klant"""
    ),
    "email": _names(
        """email, e mail, email address, e mail address, mail, primary email, personal email, email id, e
        mail adresse, email adresse, emailadresse, mailadresse, mail adresse, adresse email, adresse e
        mail, adresse mail, adresse electronique, courriel, correo electronico, correo, direccion de
        correo, direccion de correo electronico, email cliente, indirizzo email, indirizzo e mail,
        endereco de email, emailadres, e mailadres, e post, epost, user email"""
    ),
    "phone": _names(
        """mobile phone, mobile, mobile number, mobile phone number, cell phone, cell, cellphone, cell
        number, cell phone number, phone mobile, handy, handynummer, mobil, mobilnummer, mobiltelefon,
        mobilfunk, mobilfunknummer, telefon mobil, telefon handy, portable, telephone portable, tel
        portable, mobile tel, telephone mobile, numero de portable, movil, telefono movil, celular,
        telefono celular, numero de movil, cellulare, telemovel, telefone celular, gsm, phone, phone
        number, telephone, telephone number, tel, tel no, phone no, primary phone, contact number, contact
        phone, telefon, telefonnummer, telefon nr, tel nr, rufnummer, numero de telephone, numero
        telephone, no de telephone, telefono, numero de telefono, telefone, numero di telefono, telefoon,
        telefoonnummer, telefonnumer, whatsapp, sms, home phone, phone home, home phone number, telefon
        privat, festnetz, telephone fixe, telephone domicile, telefono fijo, telefono casa, work phone,
        phone work, telefon geschaftlich, telefono trabajo"""
    ),
    "birthday": _names(
        """birthday, birth date, birthdate, date of birth, dob, d o b, born, born on, bday, geburtstag,
        geburtsdatum, geb datum, geb, geboren, geboren am, date de naissance, naissance, ne le, nee le,
        anniversaire, fecha de nacimiento, fecha nacimiento, nacimiento, f nacimiento, cumpleanos, data di
        nascita, data de nascimento, geboortedatum, fodelsedatum, fodselsdato, data urodzenia"""
    ),
    "notes": _names(
        """notes, note, client notes, member notes, account notes, internal notes, private notes, staff
        notes, general notes, comments, comment, remarks, remark, memo, medical notes, notizen, notiz,
        bemerkungen, bemerkung, anmerkungen, anmerkung, kommentar, kommentare, interne notiz, interne
        notizen, remarques, remarque, commentaires, commentaire, notas, nota, observaciones, comentarios,
        comentario, note interne, osservazioni, commenti, observacoes, opmerkingen, opmerking, notities"""
    ),
    "member_code": _names(
        """barcode, barcode id, bar code, barcode number, key tag, keytag, key tag number, key fob, member
        code, member number, member no, member id, membership number, membership no, membership id,
        memberid, card id, member card, client number, client no, customer number, customer no, client id,
        customer id, clientid, customerid, rssid, external id, user id, userid, student id, id,
        mitgliedsnummer, mitglieds nr, mitgliedsnr, mitgliedernummer, mitglieder nr, kundennummer, kunden
        nr, kundennr, kunden id, kartennummer mitglied, chipnummer, strichcode, code barre, code barres,
        numero client, numero de client, no client, numero adherent, numero d adherent, numero de membre,
        code client, identifiant, codigo de barras, numero de socio, n socio, no socio, numero de cliente,
        id cliente, codigo cliente, codigo de cliente, numero cliente, codice cliente, codice a barre,
        tessera, numero tessera, numero de membro, klantnummer, lidnummer, #"""
    ),
    "pack_name": _names(
        """package name, pack name, pass name, package, pass, pack, class pack, class pass, pricing option,
        pricing option name, service, service name, series, series name, punch card, punch pass, class
        card, credit pack, credit pack name, product, product name, item, item name, membership name,
        membership, membership plan, membership type, plan, plan name, purchase option, certificate,
        package title, kartenname, kartentyp, karte, mehrfachkarte, 10er karte, punktekarte, paket,
        paketname, tarif, tarifname, produkt, produktname, angebot, abo, abonnement, vertrag,
        mitgliedschaft, preisoption, forfait, nom du forfait, carte, nom de la carte, carnet, pass nom,
        formule, produit, offre, abonnements, bono, nombre del bono, nombre bono, paquete, nombre del
        paquete, tarifa, membresia, producto, pase, pacchetto, abbonamento, carnet nome, pacote, plano,
        pakket, strippenkaart, rittenkaart, abonnementsnaam"""
    ),
    "pack_credits": _names(
        """credits remaining, remaining credits, credits left, classes remaining, remaining classes, classes
        left, sessions remaining, remaining sessions, sessions left, visits remaining, remaining visits,
        visits left, remaining, remaining count, count remaining, # remaining, no remaining, number
        remaining, left, uses remaining, uses left, remaining uses, punches remaining, punches left,
        passes remaining, appointments remaining, available credits, credits available, available classes,
        available sessions, unused credits, unused, credits, credit balance, class credits, session
        credits, balance credits, remaining balance credits, verbleibende credits, verbleibende einheiten,
        verbleibende besuche, verbleibende stunden, verbleibende kurse, verbleibende termine, verbleibend,
        verbleibende, restliche credits, restliche einheiten, restliche besuche, restliche stunden,
        resteinheiten, restguthaben einheiten, restguthaben, rest, offene einheiten, offene credits, freie
        einheiten, verfugbare credits, verfugbare einheiten, guthaben einheiten, einheiten ubrig, ubrig,
        noch verfugbar, anzahl verbleibend, credits restants, credit restant, seances restantes, cours
        restants, sessions restantes, restant, restants, restantes, solde de credits, solde credits, solde
        de seances, solde seances, nombre restant, entrees restantes, creditos restantes, creditos
        disponibles, clases restantes, clases disponibles, sesiones restantes, sesiones disponibles, usos
        restantes, saldo de creditos, creditos, crediti residui, crediti rimanenti, crediti, lezioni
        rimanenti, lezioni residue, ingressi residui, ingressi rimanenti, aulas restantes, resterende
        credits, resterende lessen, resterend"""
    ),
    "pack_total": _names(
        """total credits, credits total, credits in total, credits in all, credits purchased, purchased
        credits, credits bought, credits granted, credits issued, original credits, initial credits, starting
        credits, total classes, classes total, classes purchased, classes bought, classes included, total
        sessions, sessions total, sessions purchased, sessions bought, sessions included, total visits,
        visits purchased, visits included, visits allowed, total uses, uses total, total count, original
        count, total punches, pack size, number of credits, number of classes, number of sessions, credits
        gesamt, gesamt credits, gesamtcredits, einheiten gesamt, gesamteinheiten, gekaufte credits, gekaufte
        einheiten, besuche gesamt, stunden gesamt, anzahl einheiten, anzahl credits, guthaben gesamt, credits
        achetes, total credits achetes, total seances, seances achetees, nombre de seances, nombre de
        credits, nombre de cours, creditos totales, total creditos, total de creditos, creditos comprados,
        clases totales, total clases, total de clases, clases compradas, crediti totali, totale crediti,
        crediti acquistati, lezioni totali, totale lezioni, ingressi totali, creditos adquiridos, total de
        aulas, aulas totais, totaal credits, aantal credits, totaal lessen, aantal lessen"""
    ),
    "pack_used": _names(
        """credits used, used credits, credits redeemed, redeemed credits, credits spent, credits consumed,
        classes used, used classes, classes taken, classes attended, sessions used, used sessions, sessions
        taken, sessions attended, visits used, used visits, visits made, uses used, punches used, count used,
        used count, total used, number used, used, redeemed, verbrauchte credits, verbrauchte einheiten,
        verbrauchte besuche, genutzte credits, genutzte einheiten, genutzte besuche, benutzte einheiten,
        eingeloste credits, eingeloste einheiten, einheiten verbraucht, credits verbraucht, verbraucht,
        genutzt, eingelost, credits utilises, seances utilisees, cours utilises, credits consommes, seances
        consommees, utilises, utilisees, creditos usados, creditos utilizados, creditos consumidos, clases
        usadas, clases utilizadas, clases consumidas, sesiones usadas, usados, usadas, utilizados, crediti
        usati, crediti utilizzati, lezioni usate, lezioni utilizzate, ingressi usati, usati, aulas usadas,
        gebruikte credits, gebruikte lessen, gebruikt"""
    ),
    "pack_expires": _names(
        """expiration date, expiry date, expires, expires on, expires at, expiry, expiration, exp date, exp,
        valid until, valid to, valid thru, valid through, package expiration, package expiry, package
        expiration date, package expiry date, pass expiry, pass expiration, pass expiry date, membership
        expiry, membership expiration, membership end date, membership expiry date, pack expiry, pack
        expiration, credits expire, credit expiry, credits expiry, end date, ends on, ends, gultig bis,
        gultigkeit, gultigkeit bis, ablaufdatum, ablauf, ablauf am, lauft ab, lauft ab am, verfallt am,
        verfallsdatum, verfall, enddatum, ende, gultig bis datum, date d expiration, date expiration,
        expire le, expiration le, valable jusqu au, valable jusqu a, valide jusqu au, valide jusqu a, fin
        de validite, date de fin, date de fin de validite, echeance, fecha de caducidad, fecha caducidad,
        caduca, caduca el, caducidad, fecha de vencimiento, fecha vencimiento, vencimiento, vence, vence
        el, valido hasta, fecha de expiracion, expira, expira el, fecha fin, fecha de fin, scadenza, data
        di scadenza, data scadenza, scade il, valido fino al, validade, data de validade, valido ate,
        vervaldatum, geldig tot, verloopt op, verloopdatum"""
    ),
}
